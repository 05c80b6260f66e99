internal import Primitives
internal import Records
internal import RuleLanguage

/// Which judgements looked where, so that a new row has only those judged again that it concerns.
struct Dependents: Sendable {
    /// One row judged by one rule.
    struct Judgement: Hashable, Comparable, Sendable {
        let plan: Int32
        let row: Int32

        static func < (left: Judgement, right: Judgement) -> Bool {
            (left.plan, left.row) < (right.plan, right.row)
        }
    }

    /// Rows of one index under one key.
    struct Place: Hashable, Sendable {
        let index: Int
        let key: [KeyPart]
    }

    private var byPlace: [Place: Set<Judgement>] = [:]
    private var byIndex: [Int: Set<Judgement>] = [:]
    /// When windows close in which something was missed, in milliseconds.
    private var closing: [Judgement: Int64] = [:]

    /// Notes where a judgement looked.
    mutating func note(_ judgement: Judgement, looked places: [Place], closes: Int64) {
        for place in places {
            byPlace[place, default: []].insert(judgement)
            byIndex[place.index, default: []].insert(judgement)
        }
        closing[judgement] = closes == .max ? nil : closes
    }

    func of(_ place: Place) -> Set<Judgement> { byPlace[place] ?? [] }

    func of(index: Int) -> Set<Judgement> { byIndex[index] ?? [] }

    /// Those for which a window has closed by now.
    func closed(by present: Timestamp) -> [Judgement] {
        closing.filter { $0.value <= present.milliseconds }.map(\.key)
    }
}

extension FactStore {
    /// Where the judgement that the frame holds looked for rows.
    func places(_ plan: Plan, _ frame: inout Frame) -> [Dependents.Place] {
        var places: [Dependents.Place] = []
        for (number, window) in plan.rule.windows.enumerated()
        where frame.windows[number].isFilled {
            var key: [KeyPart] = []
            for part in window.keys {
                guard let found = KeyPart(evaluate(part.node, plan, &frame)) else { break }
                key.append(found)
            }
            guard key.count == window.keys.count else { continue }
            places.append(Dependents.Place(index: plan.indexes[number], key: key))
        }
        return places
    }

    /// Where a row stands: each index that holds it, and its key there.
    func places(of fact: AnchoredFact) -> [Dependents.Place] {
        var places: [Dependents.Place] = []
        for (number, index) in indexes.enumerated()
        where index.specification.kind == fact.fact.kind.index {
            let key = index.specification.keyFields.compactMap { field in
                FactStore.value(field, of: fact).flatMap { KeyPart($0) }
            }
            guard key.count == index.specification.keyFields.count else { continue }
            places.append(Dependents.Place(index: number, key: key))
        }
        return places
    }
}
