internal import RuleLanguage

/// The smallest part of an expression that means something.
struct Token {
    enum Kind: Equatable {
        case name(String)
        case integer(Int64)
        /// A length of time: civil days, or milliseconds on the clock.
        case days(Int64)
        case milliseconds(Int64)
        case text(String)
        case symbol(String)
        case end
    }

    let kind: Kind
    let position: SourcePosition

    /// The token as a person would quote it.
    var words: String {
        switch kind {
        case .name(let name): "'\(name)'"
        case .integer(let number): "\(number)"
        case .days(let days): "\(days)d"
        case .milliseconds(let milliseconds): "\(milliseconds)ms"
        case .text: "a text"
        case .symbol(let symbol): "'\(symbol)'"
        case .end: "the end"
        }
    }
}
