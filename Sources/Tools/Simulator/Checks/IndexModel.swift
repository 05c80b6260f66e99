internal import Cryptography
internal import Ledger
internal import Primitives
internal import Records

/// The index, slow and obviously right: how many entries each term has, by first touch.
struct IndexModel {
    let listsRules: Bool
    private var places: [Term: Int] = [:]
    private(set) var terms: [(term: Term, total: UInt64)] = []

    init(listsRules: Bool) {
        self.listsRules = listsRules
    }

    mutating func add(_ entry: Entry) {
        for term in entry.terms + (listsRules ? entry.ruleTerms : []) { add(term, 1) }
    }

    /// Lists so many entries as such that have no effect.
    mutating func add(unfit count: Int) {
        if count > 0 { add(.unfit, UInt64(count)) }
    }

    private mutating func add(_ term: Term, _ count: UInt64) {
        if let place = places[term] {
            terms[place].total += count
        } else {
            places[term] = terms.count
            terms.append((term, count))
        }
    }
}

extension LedgerState {
    /// What of the index is not what the entries make, or is not proved under the root; nil where
    /// all is well.
    func difference(from model: IndexModel) -> String? {
        for (term, total) in model.terms {
            guard let head = map.head(of: term) else { return "\(term) has no list" }
            guard head.total == total else {
                return "\(term) lists \(head.total) entries, of \(total)"
            }
            guard let proof = map.proof(of: .term(term)) else { return "\(term) has no proof" }
            guard proof.root == stateRoot, proof.value == head.encode() else {
                return "the proof of \(term) does not hold"
            }
        }
        return nil
    }
}
