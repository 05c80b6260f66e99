public import Primitives

/// Why an outbox numbers no entries for now.
public enum OutboxClosure: Hashable, Sendable {
    /// This disk may be older than the one that gave the last number, so that a number given now
    /// might be a second one.
    ///
    /// The outbox opens at the height from which on nothing that was signed before can be
    /// committed; nil where the network has not told that height yet.
    case lost(lastRow: UInt64?, opensAt: Height?)
    /// The outbox opens when this mark is synced.
    case marking(OutboxRow)
    /// The ledger on this disk has not come to where the rows begin: it is fetched again.
    case aheadOfLedger(firstRow: UInt64, nextOnLedger: UInt64)
}

extension OutboxClosure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .lost(let lastRow, let opensAt):
            "the outbox ends at \(lastRow.map(String.init) ?? "nothing"), which is older than what "
                + "was numbered last; it opens "
                + (opensAt.map { "at height \($0), when all that was signed before has expired" }
                    ?? "some time after peers with more than 2/3 of the power have said where they "
                    + "are")
        case .marking(let row):
            "the outbox goes on with number \(row.nextNumber) as soon as that is on the disk"
        case .aheadOfLedger(let firstRow, let nextOnLedger):
            "the outbox begins with number \(firstRow), and the ledger here is at "
                + "\(nextOnLedger); it opens when the missing blocks have been fetched"
        }
    }
}
