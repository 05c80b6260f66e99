internal import RuleLanguage

extension ProgramCompiler {
    /// Which words the index of a window carries for its filter and for what is asked of its rows,
    /// by their places in a row; empty where the window reads rows.
    mutating func slots(_ number: Int, _ filter: RowFilter, _ draft: Program) -> [Int8] {
        let (window, index) = (plan.rule.windows[number], plan.indexes[number])
        guard ProgramCompiler.hasManyRows(window) else { return [] }
        var wanted: [Int] = []
        for test in filter.tests {
            switch test {
            case .known: break
            case .compare(_, let offset, _, _), .same(let offset, _, _): wanted.append(Int(offset))
            case .step: return []
            }
        }
        let bodies = draft.bodies(ofWindow: number)
        guard !wanted.isEmpty || !bodies.isEmpty else { return [] }
        var words = carried[index] ?? CarriedWords()
        guard words.take(wanted) else { return [] }
        for body in bodies { _ = words.take(body) }
        carried[index] = words
        return words.slots(width: RowLayout.ofKind[window.kind].wordCount)
    }

    /// Whether many rows may have one key: not where it names a patient or a document.
    private static func hasManyRows(_ window: CheckedWindow) -> Bool {
        !window.keys.contains { key in
            switch key.type {
            case .patient, .claim, .prescription, .date: true
            default: false
            }
        }
    }
}

extension Program {
    /// The words of the fields that are asked of the rows of a window.
    fileprivate func bodies(ofWindow number: Int) -> [[Int]] {
        steps.compactMap { step in
            guard case .aggregate(_, Int32(number), let depth, let body, _) = step, body >= 0 else {
                return nil
            }
            var asked = steps[Int(body)]
            if case .share(let inner, _) = asked { asked = steps[Int(inner)] }
            guard case .field(depth, _, let offset, let isPair, _) = asked else { return nil }
            return isPair ? [Int(offset), Int(offset) + 1] : [Int(offset)]
        }
    }
}
