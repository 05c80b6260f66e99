import RuleEngine

extension Engine {
    /// The bodies of what it found, in the order in which it judged.
    var findings: [[UInt8]] {
        judged.compactMap { judged in
            if case .finding(let body) = judged.verdict { body } else { nil }
        }
    }
}
