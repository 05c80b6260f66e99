internal import Ledger
internal import Primitives
internal import Records
internal import Storage

/// Knows the cases on the ledger, on the disk: how each stands, and which entries are its steps.
final class CaseDesk {
    private let database: SupervisionDatabase
    private let entries: EntryStore

    init(database: SupervisionDatabase, entries: EntryStore) {
        self.database = database
        self.entries = entries
    }

    /// Puts the steps of cases that a block brought into `group`; `charter` is that of its height.
    ///
    /// Those that change nothing on the ledger change nothing here. Of appeals, which change
    /// nothing there either, those count that are by who was given the notice that they name.
    func add(
        _ block: CommittedBlock, _ charter: Charter, to group: inout WriteGroup
    ) throws(SupervisionError) {
        var changed: [[UInt8]: CaseState] = [:]
        // Of this block, by the key of the step.
        var notices: [[UInt8]: Entry] = [:]
        for item in block.entries {
            guard case .case(let body) = item.entry.body else { continue }
            if item.entry.kind != .case, item.entry.recipients.contains(entries.institution) {
                group.put(Table.caseGift.key(item.leafIndex.bigEndianBytes), [])
            }
            let owner = body.owner(issuer: item.entry.issuer)
            let key = Table.caseState.key(
                Array(owner.name.utf8) + [0], body.blindedCase.bytes)
            var before = changed[key]
            if before == nil { before = try state(key) }
            let step = Table.caseStep.key(
                body.blindedCase.bytes, item.leafIndex.bigEndianBytes)
            if body.isAppeal {
                guard let leaf = body.previous else { continue }
                let place = Table.caseStep.key(body.blindedCase.bytes, leaf.bigEndianBytes)
                var notice = notices[place]
                if notice == nil { notice = try earlierNotice(place, at: leaf) }
                if notice?.issuer == owner, notice?.givesNotice(to: item.entry.issuer) == true {
                    group.put(step, [])
                }
                continue
            }
            guard
                let after = try? CaseState.after(
                    body, by: charter.institution(item.entry.issuer), leafIndex: item.leafIndex,
                    before: before,
                    earliestAnswer: charter.parameters.earliestAnswer(noticedAt: block.anchored))
            else { continue }
            changed[key] = after
            group.put(key, after.encode())
            group.put(step, [])
            if case .noticed = body.step { notices[step] = item.entry }
        }
    }

    /// The entry of a step of a case in an earlier block.
    private func earlierNotice(
        _ step: [UInt8], at leaf: UInt64
    ) throws(SupervisionError) -> Entry? {
        let row = try storage { () throws(StorageError) in try database.get(step) }
        return row == nil ? nil : try entries.entry(at: leaf)?.entry
    }

    /// The leaf indexes of the steps of a case, or of all cases, by case and leaf.
    func steps(of blindedCase: OpaqueID?) throws(SupervisionError) -> [UInt64] {
        var leaves: [UInt64] = []
        try database.scan(
            .caseStep, prefix: blindedCase?.bytes ?? [], wrap: SupervisionError.storage
        ) { (key, _) throws(SupervisionError) in
            guard key.count == 24, let leaf = key.dropFirst(16).bigEndianNumber else {
                throw .damaged(table: "step of a case", key: key)
            }
            leaves.append(leaf)
            return true
        }
        return leaves
    }

    /// The leaf indexes of shares and notices that may be opened here, whether they count or not,
    /// increasing.
    func gifts() throws(SupervisionError) -> [UInt64] {
        // An older version kept the steps that count, and nothing of the others.
        var leaves = Set(try steps(of: nil))
        try database.scan(.caseGift, wrap: SupervisionError.storage) {
            (key, _) throws(SupervisionError) in
            guard key.count == 8, let leaf = key.bigEndianNumber else {
                throw .damaged(table: "share or notice of a case", key: key)
            }
            leaves.insert(leaf)
            return true
        }
        return leaves.sorted()
    }

    private func state(_ key: [UInt8]) throws(SupervisionError) -> CaseState? {
        let row = try storage { () throws(StorageError) in try database.get(key) }
        guard let row else { return nil }
        do throws(CBORError) {
            return try CaseState.decode(row)
        } catch {
            throw .damaged(table: "case", key: key)
        }
    }
}
