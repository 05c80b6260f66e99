internal import RuleLanguage

extension Program {
    /// Whether two steps ask the same of the rows at two depths; no where that is not plain.
    func asksAlike(_ some: Int32, _ other: Int32, depths: (Int32, Int32)) -> Bool {
        func alike(_ pairs: (Int32, Int32)...) -> Bool {
            pairs.allSatisfy { a, b in
                (a < 0 && b < 0) || (a >= 0 && b >= 0 && asksAlike(a, b, depths: depths))
            }
        }
        switch (resolved(some), resolved(other)) {
        case (.constant(let a), .constant(let b)):
            return a.isKnown && b.isKnown && a.first == b.first && a.second == b.second
        case (.field(let one, let a, _, _, _), .field(let two, let b, _, _, _)):
            return one == depths.0 && two == depths.1 && a == b
        case (.known(let a), .known(let b)), (.not(let a), .not(let b)): return alike((a, b))
        case (.and(let a, let c), .and(let b, let d)), (.or(let a, let c), .or(let b, let d)):
            return alike((a, b), (c, d))
        case (.compareWords(let s, let a, let c), .compareWords(let t, let b, let d)),
            (.compareDecimals(let s, let a, let c), .compareDecimals(let t, let b, let d)),
            (.compareMoney(let s, let a, let c), .compareMoney(let t, let b, let d)):
            return s == t && alike((a, b), (c, d))
        case (.isOneOf(let a, let first, let count), .isOneOf(let b, let second, let other)):
            return words[Int(first)..<Int(first + count)].elementsEqual(
                words[Int(second)..<Int(second + other)]) && alike((a, b))
        case (.test(let one, let a), .test(let two, let b)): return one == two && alike((a, b))
        case (.listed(let one, let a, let c, let e), .listed(let two, let b, let d, let f)):
            return one == two && alike((a, b), (c, d), (e, f))
        default: return false
        }
    }
}
