internal import Cryptography
public import Ledger
public import Primitives
public import Records

/// The complete list of a term's entries, proved to lack nothing up to a height.
public struct ProvenTerm: Sendable {
    public let term: Term
    public let head: ProvenHead
    /// Every entry of the term, in ledger order, with the height of its block.
    public let items: [Item]

    /// An entry of the list, by its place in the ledger tree and its leaf hash.
    public struct Item: Hashable, Sendable {
        public let height: Height
        public let leafIndex: UInt64
        public let leafHash: Digest
    }

    /// The entries of the list, once each has been checked to be the one at its place.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/rows``, also where one is missing.
    public func entries(from rows: [[UInt8]]) throws(ProofFailure) -> [Entry] {
        try agree(.rows, "the count of entries", found: rows.count, right: items.count)
        var entries: [Entry] = []
        entries.reserveCapacity(rows.count)
        for (item, bytes) in zip(items, rows) {
            try agree(
                .rows, "the hash of the entry at leaf \(item.leafIndex)",
                found: SHA256.leaf(bytes), right: item.leafHash)
            entries.append(
                try step(.rows) { () throws(EntryError) in try Entry.decode(bytes) })
        }
        return entries
    }
}

extension Auditor {
    /// The complete list of a term, once every step has been checked.
    ///
    /// - Throws: ``ProofFailure``, the first step that fails.
    public func verify(_ proof: TermProof) throws(ProofFailure) -> ProvenTerm {
        try agree(.ledger, "the proof's ledger", found: proof.ledger, right: ledger)
        let head = try prove(proof.head)
        let key = StateKey.term(proof.term).digest(in: ledger)
        let place = proof.place
        try agree(.termHead, "the state root", found: place.root, right: head.header.stateRoot)
        if place.key == key {
            guard let computed = TermHead(over: proof.runs) else {
                throw ProofFailure(.completeness, "runs are empty or not in increasing height")
            }
            try agree(
                .completeness, "the head over the runs", found: computed.encode().hex,
                right: place.value.hex)
        } else {
            guard place.excludes(key) else {
                throw ProofFailure(
                    .termHead,
                    "the term's key \(key) does not fall between \(place.key) and "
                        + "\(place.nextKey)")
            }
            try agree(.completeness, "the count of runs", found: proof.runs.count, right: 0)
        }
        let items = proof.runs.flatMap { run in
            run.entries.map { item in
                ProvenTerm.Item(
                    height: run.height, leafIndex: item.leafIndex, leafHash: item.leafHash)
            }
        }
        return ProvenTerm(term: proof.term, head: head, items: items)
    }
}
