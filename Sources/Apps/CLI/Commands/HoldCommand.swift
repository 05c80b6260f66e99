internal import ArgumentParser
internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Records
internal import Supervision

/// Places a legal hold on payloads, or lifts one.
struct HoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Keep payloads from being erased, or lift such a hold.",
        discussion: """
            Regulators and auditors hold. A hold stands until its last day, or until who placed it \
            lifts it; while it stands no node of ours erases what it names.

            Examples:
              custos hold 17 18 --ground "appeal 4711" --until 2027-12-31 --node devnet/regulator
              custos hold 17 18 --ground "appeal 4711 decided" --lift 5a0c… --node devnet/regulator
            """)

    @Argument(help: "Leaf numbers of the entries.")
    var leaves: [UInt64]

    @Option(help: "On what ground, in words, which stand in clear on the ledger: name nobody.")
    var ground: String

    @Option(help: "The last day of the hold; without it, it stands until it is lifted.")
    var until: String?

    @Option(help: "The hold to lift, on these entries.")
    var lift: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...HoldBody.leafCountMax).contains(leaves.count) else {
            throw ValidationError("name 1 to \(HoldBody.leafCountMax) entries")
        }
        guard (1...HoldBody.groundByteCountMax).contains(ground.utf8.count) else {
            throw ValidationError("a ground has 1 to \(HoldBody.groundByteCountMax) bytes")
        }
    }

    func run() async throws {
        let place = try node.place
        let hold: OpaqueID
        if let lift {
            guard let known = OpaqueID(hex: lift) else {
                throw ValidationError("'\(lift)' is no hold: 32 hexadecimal digits are")
            }
            hold = known
        } else {
            let bytes = (0..<OpaqueID.byteCount).map { _ in UInt8.random(in: 0...255) }
            guard let fresh = OpaqueID(bytes) else { throw ExitCode.failure }
            hold = fresh
        }
        let body = HoldBody(
            hold: hold, leaves: Set(leaves).sorted(), ground: ground,
            until: try until.map(Day.reading), isLifted: lift != nil)
        try await check(body, place)
        let submission = Submission(kind: .hold, eventTime: .now, body: .hold(body))
        let institution = try place.institution
        let leaf = try await place.ask { client in
            let number = try await client.submit(submission)
            return try await client.committed(institution, StreamID(0), number: number).leafIndex
        }
        output.show(
            HoldReport(
                hold: hold.description, leaf: leaf, isLifted: lift != nil, held: body.leaves,
                until: body.until?.description))
    }
}

extension HoldCommand {
    /// Refuses what would stand on the ledger and hold, or lift, nothing.
    private func check(_ body: HoldBody, _ place: NodePlace) async throws {
        let institution = try place.institution
        let members = try await place.ask { try await $0.governance() }.institutions
        var statuses: [ErasureStatus] = []
        for leaf in body.leaves {
            let request = DeskRequest.erasure(leaf: leaf).encode()
            let bytes = try await place.ask { try await $0.desk(request) }
            statuses.append(
                try Desk.read { () throws(SupervisionError) in try ErasureStatus.decode(bytes) })
        }
        let problem = HoldCommand.problem(
            body, by: institution, members.first { $0.id == institution }?.kind,
            statuses: statuses, on: Timestamp.now.day)
        if let problem { throw Failure(.refused, problem) }
    }

    /// Why a hold would hold nothing, or lift none; nil where it does.
    static func problem(
        _ body: HoldBody, by institution: InstitutionID, _ kind: InstitutionKind?,
        statuses: [ErasureStatus], on day: Day
    ) -> String? {
        guard kind == .regulator || kind == .auditor else {
            return "regulators and auditors hold; \(institution) is none: ask one of them"
        }
        if let until = body.until, until < day {
            return "\(until) is over: a hold stands until its last day"
        }
        guard body.isLifted else { return nil }
        for status in statuses {
            guard let standing = status.holds.first(where: { $0.hold == body.hold }) else {
                return "no hold \(body.hold) stands on leaf \(status.leafIndex)"
            }
            guard standing.issuer == institution else {
                return "the hold \(body.hold) on leaf \(status.leafIndex) is of "
                    + "\(standing.issuer), who alone may lift it"
            }
        }
        return nil
    }
}

private struct HoldReport: Report {
    let hold: String
    let leaf: UInt64
    let isLifted: Bool
    /// The leaves whose payloads are held, or are not any more.
    let held: [UInt64]
    /// The last day; nil where it stands until it is lifted.
    let until: String?

    var lines: [String] {
        let leaves =
            (held.count == 1 ? "leaf " : "leaves ")
            + held.map(String.init).joined(separator: ", ")
        guard !isLifted else {
            return ["hold \(hold) on \(leaves) lifted by the entry at leaf \(leaf)"]
        }
        return [
            "hold \(hold) on \(leaves) placed by the entry at leaf \(leaf)",
            "  it stands " + (until.map { "until \($0), or until" } ?? "until")
                + " it is lifted: custos hold … --lift \(hold)",
        ]
    }
}
