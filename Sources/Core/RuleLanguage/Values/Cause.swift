public import Primitives

/// Why a value is unknown, so that a rule answers `not evaluated` with the reason.
public indirect enum Cause: Sendable, Hashable {
    /// A row lacks a field.
    case missing(kind: String, field: String)
    /// A result is outside the range of its type.
    case overflow(String)
    case divisionByZero
    case units(String, String)
    case currencies(String, String)
    /// No row of a knowledge table has the key, on the day asked for.
    case notListed(table: String, key: String)
    /// An aggregate over no rows, such as the largest of none.
    case noRows(String)
    case index(Int64, count: Int)
    /// A text does not say a value of the type asked for.
    case text(String, expected: String)
    /// Entries that matter are sealed to others; the leaf indexes of some of them.
    case sealed([UInt64])
    /// The window goes on to after the present: what is absent may still come.
    case open(until: Day)
    /// A row of a window could not be decided, for this reason.
    case row(Cause)
    /// The rule went beyond a bound of the engine.
    case bound(String)
}

extension Cause {
    /// Whether the cause is that entries are sealed to others.
    public var isSealed: Bool { sealedLeaves != nil }

    /// The leaf indexes of the sealed entries that matter, where that is the cause.
    public var sealedLeaves: [UInt64]? {
        switch self {
        case .sealed(let leaves): leaves
        case .row(let inner): inner.sealedLeaves
        default: nil
        }
    }

    /// The cause to keep where either of two would do: sealed entries are the more telling.
    public func joined(with other: Cause) -> Cause {
        other.isSealed && !isSealed ? other : self
    }
}

extension Cause: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let kind, let field): "the \(kind) does not say its \(field)"
        case .overflow(let what): "\(what) is out of range"
        case .divisionByZero: "division by zero"
        case .units(let left, let right): "the units '\(left)' and '\(right)' do not fit"
        case .currencies(let left, let right): "the currencies \(left) and \(right) differ"
        case .notListed(let table, let key): "the table '\(table)' does not list \(key)"
        case .noRows(let what): "there is no row to take the \(what) of"
        case .index(let index, let count): "there is no element \(index) of \(count)"
        case .text(let text, let expected): "'\(text)' is not \(expected)"
        case .sealed(let leaves):
            "entries that matter are sealed to others (leaves "
                + leaves.map(String.init).joined(separator: ", ") + ")"
        case .open(let day): "the window is open until \(day)"
        case .row(let cause): "a row of the window cannot be decided: \(cause)"
        case .bound(let what): "beyond a bound: \(what)"
        }
    }
}
