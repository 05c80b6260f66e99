internal import Ledger
internal import Primitives
internal import RuleLanguage
internal import Storage

/// Fetches the canonical rules that the ledger names and this node does not have, from its peers.
///
/// On the ledger there are hashes; the rules themselves travel beside it, like payloads. Whoever
/// proposes a rule has it in the folder of its node, and from there it spreads.
final class RuleRequests {
    private let folder: String
    private var wanted: Set<Digest> = []
    /// At which height a peer was asked last.
    private var asked: [InstitutionID: Height] = [:]

    /// The most rules in one question: all that a ledger can have.
    static let countMax = Genesis.ruleCountMax
    /// The most bytes in one answer.
    private static let byteCountMax = 8 << 20
    /// A peer that did not have everything is asked again after so many blocks.
    private static let patienceHeights: UInt64 = 16

    init(folder: String) {
        self.folder = folder
    }

    /// Takes over what the ledger names: in force, on trial and proposed.
    func follow(_ charters: CharterTimeline) {
        let charter = charters.current
        let versions = charter.rules + charter.trials + charters.proposedRules
        wanted = Set(versions.map(\.hash) + versions.flatMap { $0.earlier.map(\.hash) })
            .filter { !SmallFile.exists(path($0)) }
        asked = [:]
    }

    /// What to ask a peer now, or nil where nothing is missing.
    func question(to peer: InstitutionID, at height: Height) -> [Digest]? {
        guard !wanted.isEmpty,
            asked[peer].map({ height.blocks >= $0.blocks + RuleRequests.patienceHeights })
                ?? true
        else { return nil }
        asked[peer] = height
        return Array(wanted.sorted().prefix(RuleRequests.countMax))
    }

    /// Those of the rules that are here, as far as there is room.
    func answer(_ digests: [Digest]) throws(SupervisionError) -> [[UInt8]] {
        var rules: [[UInt8]] = []
        var byteCount = 0
        for digest in digests.prefix(RuleRequests.countMax) where SmallFile.exists(path(digest)) {
            let bytes = try storage { () throws(StorageError) in
                try SmallFile.read(path(digest), atMost: Rule.byteCountMax)
            }
            byteCount += bytes.count
            guard byteCount <= RuleRequests.byteCountMax || rules.isEmpty else { break }
            rules.append(bytes)
        }
        return rules
    }

    /// Keeps what was wanted of an answer; says whether there was something.
    func take(_ rules: [[UInt8]], from peer: InstitutionID) throws(SupervisionError) -> Bool {
        var isNew = false
        for bytes in rules {
            guard let rule = try? Rule.decode(bytes), wanted.contains(rule.hash) else { continue }
            let path = path(rule.hash)
            try storage { () throws(StorageError) in try SmallFile.write(bytes, to: path) }
            wanted.remove(rule.hash)
            isNew = true
        }
        // A peer that had something may have more.
        if isNew { asked[peer] = nil }
        return isNew
    }

    private func path(_ hash: Digest) -> String { "\(folder)/\(hash).rule" }
}
