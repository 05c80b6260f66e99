internal import Cryptography
internal import Interop
internal import Primitives
internal import Records

/// The facts of a region's tables, in the order in which a ledger would take them.
///
/// Each stands at the latest time that its table had come to; leaves are numbered in that order,
/// and their hashes are those of the rows' names.
struct OfflineFacts {
    private var tables: [OfflineTable] = []
    private var waiting: [AnchoredFact] = []
    private var leaf: UInt64 = 0

    init(folder: String, mapping: String) throws {
        let names = OfflineNames()
        for mapping in try CSVMapping.list(mapping) {
            guard let any = InstitutionID("regulator") else { continue }
            tables.append(
                try OfflineTable(
                    CSVImport(
                        folder: folder, mappings: [mapping], issuer: any, pseudonyms: names)))
        }
    }

    /// The next fact, or nil at the end.
    ///
    /// - Throws: ``Failure`` at a row that cannot be read.
    mutating func next() throws -> AnchoredFact? {
        while waiting.isEmpty {
            guard
                let next = tables.indices.filter({ tables[$0].head != nil })
                    .min(by: { tables[$0].anchored < tables[$1].anchored })
            else { return nil }
            let anchored = tables[next].anchored
            if let draft = tables[next].head { take(draft, anchored) }
            try tables[next].advance()
        }
        return waiting.removeLast()
    }

    private mutating func take(_ draft: Draft, _ anchored: Timestamp) {
        waiting = draft.facts(asOfLeaf: leaf, anchored).reversed()
        leaf += 1
    }
}

extension Draft {
    /// Its facts as a ledger would have them that took one block a day.
    ///
    /// The leaf's hash is that of the row's name.
    func facts(asOfLeaf leaf: UInt64, _ anchored: Timestamp) -> [AnchoredFact] {
        let hash = SHA256.hash(Array(origin.name.utf8))
        return payload.facts.enumerated().map { ordinal, fact in
            AnchoredFact(
                fact: fact,
                position: LedgerPosition(
                    leafIndex: leaf, leafHash: hash, ordinal: UInt32(ordinal),
                    height: Height(UInt64(clamping: anchored.day.number)), anchored: anchored,
                    issuer: issuer))
        }
    }
}
