internal import Primitives

/// How an outbox that has lost rows comes to number entries again.
///
/// What the lost disk signed may still reach the ledger until it expires, and some of it may
/// never: so nothing is numbered until all of it has expired, counted from the height that the
/// network had reached when the node came back. The ledger's next number is then the right one,
/// and a mark says so on the disk before it is given.
extension Outbox {
    /// What keeps the rows from being gone on with; nil where they and the ledger fit.
    var misfit: OutboxClosure? {
        if let first = rows.first(where: { $0.number >= nextOnLedger }) {
            guard first.number == nextOnLedger, !first.isMark else {
                return .aheadOfLedger(firstRow: first.number, nextOnLedger: nextOnLedger)
            }
            return nil
        }
        // The newest row stays on the disk even when it is anchored, so a disk that is older than
        // the ledger shows.
        let standing = rows.last?.nextNumber ?? 1
        guard standing == nextOnLedger else {
            return .lost(lastRow: rows.last?.number, opensAt: nil)
        }
        return nil
    }

    mutating func goOnFromRows() {
        let waiting = rows.filter { $0.number >= nextOnLedger }
        nextNumber = waiting.last?.nextNumber ?? nextOnLedger
        persistedThrough = waiting.last?.number ?? nextOnLedger - 1
        restart(with: waiting, signedBelow: nextOnLedger)
        closure = nil
    }

    /// After a block, or at the start: opens where nothing speaks against it any more.
    mutating func reopen() -> [OutboxEffect] {
        switch closure {
        case nil, .marking: return []
        case .aheadOfLedger:
            closure = misfit
            switch closure {
            case nil: return open()
            case .lost: return [.findExpiry(heights: limits.expiryHeights)]
            default: return []
            }
        case .lost(_, let opensAt):
            guard let opensAt, height >= opensAt else { return [] }
            guard misfit != nil else { return open() }
            return mark()
        }
    }

    /// The network has told when all that was signed before has expired.
    mutating func expired(at height: Height) -> [OutboxEffect] {
        guard case .lost(let lastRow, opensAt: nil) = closure else { return [] }
        closure = .lost(lastRow: lastRow, opensAt: height)
        return reopen()
    }

    /// The ledger has numbers that were not given here: somebody else numbers this stream.
    mutating func closeBehindLedger() -> [OutboxEffect] {
        let last = nextNumber - 1
        restart(with: [], signedBelow: nextOnLedger)
        closure = .lost(lastRow: last, opensAt: nil)
        return [.findExpiry(heights: limits.expiryHeights)]
    }

    mutating func markPersisted(through number: UInt64) -> [OutboxEffect] {
        guard case .marking(let row) = closure, number >= row.number else { return [] }
        guard row.nextNumber == nextOnLedger else { return mark() }
        return open()
    }

    /// Says on the disk which number comes next, and that the rows before are not wanted.
    private mutating func mark() -> [OutboxEffect] {
        let row = OutboxRow(markBefore: nextOnLedger)
        restart(with: [row], signedBelow: nextOnLedger)
        closure = .marking(row)
        return [.persist(row)]
    }

    private mutating func open() -> [OutboxEffect] {
        goOnFromRows()
        return [.opened(nextNumber: nextNumber)] + signReady(flushing: true)
    }
}
