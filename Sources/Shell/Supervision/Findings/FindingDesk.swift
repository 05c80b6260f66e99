internal import Primitives
internal import Records
internal import Storage

/// Knows which findings stand, on the disk, and which of this institution's were withdrawn.
final class FindingDesk {
    private let institution: InstitutionID
    private let database: SupervisionDatabase
    /// The findings that stand under entries of this institution.
    private(set) var own: [Digest: FindingStanding] = [:]

    init(
        institution: InstitutionID, database: SupervisionDatabase
    ) throws(SupervisionError) {
        self.institution = institution
        self.database = database
        for (finding, standing) in try allStanding() { note(finding, standing) }
    }

    private func note(_ finding: Digest, _ standing: FindingStanding) {
        let isOwn = standing.issuer == institution && standing.withdrawal == nil
        own[finding] = isOwn ? standing : nil
    }

    /// Under which entry a finding stands or stood, or nil where it never did.
    func standing(_ finding: Digest) throws(SupervisionError) -> FindingStanding? {
        let row = try storage { () throws(StorageError) in
            try database.get(FindingStanding.key(finding))
        }
        guard let row else { return nil }
        return try FindingStanding(row: row, finding: finding)
    }

    /// What the entries of a block make of findings, put into `group` as well.
    func add(
        _ block: CommittedBlock, to group: inout WriteGroup
    ) throws(SupervisionError) -> [Digest: FindingStanding] {
        var changed: [Digest: FindingStanding] = [:]
        for item in block.entries {
            guard case .finding(let mark) = item.entry.body else { continue }
            var before = changed[mark.finding]
            if before == nil { before = try standing(mark.finding) }
            guard let after = FindingStanding.after(item, mark, before: before) else { continue }
            changed[mark.finding] = after
            group.put(FindingStanding.key(mark.finding), after.row)
        }
        return changed
    }

    /// Says that what ``add(_:to:)`` gave is on the disk.
    func advance(to changed: [Digest: FindingStanding]) {
        for (finding, standing) in changed { note(finding, standing) }
    }

    /// How many findings stand, and how many were withdrawn.
    func counts() throws(SupervisionError) -> (standing: Int, withdrawn: Int) {
        let all = try allStanding()
        let standing = all.count { $0.1.withdrawal == nil }
        return (standing, all.count - standing)
    }

    /// All findings that stand or stood, by id.
    func allStanding() throws(SupervisionError) -> [(finding: Digest, FindingStanding)] {
        var all: [(finding: Digest, FindingStanding)] = []
        try database.scan(.finding, wrap: SupervisionError.storage) {
            (key, row) throws(SupervisionError) in
            guard let finding = Digest(key) else { throw .damaged(table: "finding", key: key) }
            all.append((finding, try FindingStanding(row: row, finding: finding)))
            return true
        }
        return all
    }
}
