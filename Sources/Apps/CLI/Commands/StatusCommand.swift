internal import ArgumentParser
internal import Node
internal import Primitives
internal import Records

/// Says where a node stands.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say where a node stands, and why nothing is committed if nothing is.",
        discussion: """
            With --wait it asks again, for so many seconds, until the node answers and has reached \
            what is named: a height, or rest (nothing waits, and supervision has seen it all). \
            Ends with 1 where it has not by then.

            Examples:
              custos status --node devnet/insurer
              custos status --node devnet/insurer --why
              custos status --node devnet/insurer --wait 60 --height 12
              custos status --node devnet/regulator --wait 60 --settled --json
            """)

    @OptionGroup var node: NodeOptions

    @Option(help: "Ask again for so many seconds.")
    var wait: Int?

    @Option(help: "With --wait: until the node has this block.")
    var height: UInt64?

    @Flag(help: "With --wait: until nothing waits to be anchored or looked at.")
    var settled = false

    @Flag(help: "Say whose votes are missing, in which round and step, when nothing is committed.")
    var why = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard wait != nil || height == nil && !settled else {
            throw ValidationError("--height and --settled need --wait")
        }
    }

    func run() async throws {
        let place = try node.place
        let limit = ContinuousClock.now + .seconds(wait ?? 0)
        var calm = 0
        while true {
            let result = await answer(of: place)
            let isLast = ContinuousClock.now >= limit
            switch result {
            case .failure(let failure):
                if isLast { throw failure }
            case .success(let status):
                calm = status.isAtRest ? calm + 1 : 0
                // At rest twice, a second apart: what was about to come has come.
                let isThere = status.height.blocks >= height ?? 0 && (!settled || calm >= 3)
                if isThere || isLast {
                    output.show(StatusReport(status, isWhyWanted: why))
                    if !isThere { throw Ending.refused }
                    return
                }
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    private func answer(of place: NodePlace) async -> Result<NodeStatus, any Error> {
        do {
            return .success(try await place.ask { try await $0.status() })
        } catch {
            return .failure(error)
        }
    }
}

extension NodeStatus {
    /// Whether nothing waits to be anchored here, and the rules have seen all that is sealed to
    /// the institution: payloads come beside the ledger, and later.
    var isAtRest: Bool {
        !isCatchingUp && mempoolEntries == 0 && deskHeight == height && rulesHeight == height
            && outboxes.allSatisfy { $0.waiting == 0 }
    }
}

struct StatusReport: Report {
    let institution: String
    let ledger: String
    let height: UInt64
    let hash: String
    let time: String
    let entries: UInt64
    let round: UInt64
    let standing: String
    let missing: [String]
    let isCatchingUp: Bool
    let connected: [String]
    let peers: [String]
    let mempoolEntries: UInt64
    let mempoolBytes: UInt64
    let outboxes: [Outbox]
    let convictions: UInt64
    let supervisedHeight: UInt64
    /// The last block up to which the rules have seen all that is sealed to the institution.
    let rulesHeight: UInt64
    let uptimeSeconds: UInt64
    let entriesFrom: UInt64
    /// Milliseconds that the clock is ahead of the others', less than 0 where it is behind.
    let clockOffset: Int64?
    let clockOffsets: [String: Int64]
    let certificateDays: Int64?
    let members: [Member]

    struct Member: Encodable {
        let institution: String
        let power: UInt64
        let lastSeen: UInt64?
        let isLive: Bool
        /// The version of the protocol that is spoken with it.
        let speaks: UInt64?
    }

    struct Outbox: Encodable {
        let stream: UInt16
        let nextNumber: UInt64
        let waiting: UInt64
    }

    let why: [String]
    /// Whether the reasons are printed for people.
    private let isWhyWanted: Bool

    private enum CodingKeys: CodingKey {
        case institution, ledger, height, hash, time, entries, round, standing, missing
        case isCatchingUp, connected, peers, mempoolEntries, mempoolBytes, outboxes, convictions
        case supervisedHeight, rulesHeight, uptimeSeconds, entriesFrom, why
        case clockOffset, clockOffsets, certificateDays, members
    }

    init(_ status: NodeStatus, isWhyWanted: Bool = false) {
        why = status.why
        self.isWhyWanted = isWhyWanted
        institution = status.institution.name
        ledger = status.ledger.description
        height = status.height.blocks
        hash = status.hash.description
        time = status.time.description
        entries = status.treeSize
        round = status.round
        standing = status.standing
        missing = status.missing.map(\.name)
        isCatchingUp = status.isCatchingUp
        connected = status.connected.map(\.name)
        peers = status.peers.map(\.name)
        mempoolEntries = status.mempoolEntries
        mempoolBytes = status.mempoolBytes
        outboxes = status.outboxes.map {
            Outbox(stream: $0.stream.number, nextNumber: $0.nextNumber, waiting: $0.waiting)
        }
        convictions = status.convictions
        supervisedHeight = status.deskHeight.blocks
        rulesHeight = status.rulesHeight.blocks
        uptimeSeconds = status.uptimeSeconds
        entriesFrom = status.entriesFrom.blocks
        clockOffset = status.clockOffset
        clockOffsets = Dictionary(
            status.clockOffsets.map { ($0.peer.name, $0.milliseconds) }
        ) { first, _ in first }
        certificateDays = status.certificateDays
        members = status.members.map {
            Member(
                institution: $0.institution.name, power: $0.power,
                lastSeen: $0.lastSeen?.blocks, isLive: $0.isLive, speaks: $0.speaks?.number)
        }
    }

    /// Who votes, who follows, and who has not been seen to for long.
    private var membership: [String] {
        let voters = members.filter { $0.power > 0 }
        let power = voters.reduce(0) { $0 + $1.power }
        let others = members.count - voters.count
        var lines = [
            "  members     \(voters.count) vote, with a power of \(power) in all"
                + (others > 0 ? "; \(others) more submit or follow" : "")
        ]
        let silent = voters.filter { !$0.isLive }.map {
            "\($0.institution) (power \($0.power), last seen at block \($0.lastSeen ?? 0))"
        }
        if !silent.isEmpty { lines.append("  not live    \(silent.joined(separator: ", "))") }
        let older = members.filter { $0.speaks.map { $0 < ProtocolVersion.newest.number } ?? false }
        if !older.isEmpty {
            lines.append(
                "  protocol    version "
                    + older.map { "\($0.speaks ?? 0) with \($0.institution)" }
                    .joined(separator: ", ") + "; this build speaks \(ProtocolVersion.newest)")
        }
        return lines
    }

    var lines: [String] {
        var lines = [
            "\(institution), up for \(uptimeSeconds) s, on ledger \(ledger.prefix(16))…",
            "  last block  \(height), \(time), \(entries) entries in all"
                + (isCatchingUp ? "; catching up" : ""),
            "  consensus   \(standing)",
            "  peers       \(connected.count) of \(peers.count) connected"
                + (connected.isEmpty ? "" : ": \(connected.joined(separator: ", "))"),
            "  waiting     \(mempoolEntries) entries in the mempool",
        ]
        lines += membership
        for outbox in outboxes {
            lines.append(
                "  outbox      stream \(outbox.stream): next number \(outbox.nextNumber), "
                    + "\(outbox.waiting) not yet anchored")
        }
        if let clockOffset, clockOffset.magnitude >= 100 {
            lines.append(
                "  clock       \(clockOffset.magnitude) ms "
                    + "\(clockOffset > 0 ? "ahead of" : "behind") the others'")
        }
        if let certificateDays, certificateDays < 60 {
            lines.append("  certificate its dates end in \(certificateDays) days")
        }
        if entriesFrom > 1 { lines.append("  kept        entries from block \(entriesFrom) on") }
        if supervisedHeight < height {
            lines.append("  supervision has seen block \(supervisedHeight)")
        }
        if rulesHeight < supervisedHeight {
            lines.append(
                "  rules       have seen all there is to see up to block \(rulesHeight)")
        }
        if isWhyWanted { lines += ["  why         " + why.joined(separator: "\n              ")] }
        if convictions > 0 { lines.append("  evidence    \(convictions) convictions") }
        return lines
    }
}
