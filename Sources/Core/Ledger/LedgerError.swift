public import Primitives

/// Why bytes are no genesis, batch, block or row of this ledger, or a stored state is not whole.
public enum LedgerError: Error, Equatable, Sendable {
    /// The bytes are not in the format of `what`.
    case malformed(what: String, CBORError)
    /// The genesis is well formed and says what it must not.
    case genesis(String)
    /// The stored rows do not make up the state that was committed.
    case restore(String)
}

extension LedgerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let what, let error): "the \(what) is malformed: \(error)"
        case .genesis(let problem): "the genesis cannot found a ledger: \(problem)"
        case .restore(let problem): "the stored ledger state is not whole: \(problem)"
        }
    }
}
