import Hosting
import Primitives
import Records
import Testing

@Suite("Outbox")
struct OutboxTests {
    @Test("an entry is acknowledged only when its row is synced")
    func acknowledgesAfterSync() throws {
        var outbox = try fresh()
        #expect(try outbox.submit([1]) == [.persist(row(1, [1]))])
        #expect(try outbox.submit([2]) == [.persist(row(2, [2]))])
        #expect(
            try outbox.step(.persisted(through: 1)) == [
                .acknowledge(number: 1), .startTimer(milliseconds: 5),
            ])
        #expect(try outbox.step(.persisted(through: 2)) == [.acknowledge(number: 2)])
    }

    @Test("what is not synced is never signed")
    func signsOnlySynced() throws {
        var outbox = try fresh()
        _ = try outbox.submit([1])
        _ = try outbox.submit([2])
        _ = try outbox.step(.persisted(through: 1))
        #expect(try outbox.step(.timerFired).batches == [[[1]]])
    }

    @Test("a full batch is signed at once, the rest when the timer fires")
    func signsFullBatchesAtOnce() throws {
        var outbox = try fresh()
        for number in 0..<10 { _ = try outbox.submit([UInt8(number)]) }
        let effects = try outbox.step(.persisted(through: 10))
        #expect(effects.batches.map(\.count) == [4, 4])
        #expect(try outbox.step(.timerFired).batches == [[[8], [9]]])
    }

    @Test("an expired batch is signed again over the same numbers and bytes, with all after it")
    func signsExpiredAgain() throws {
        var outbox = try fresh()
        for number in 0..<8 { _ = try outbox.submit([UInt8(number)]) }
        let first = try outbox.step(.persisted(through: 8))
        #expect(first.batches.count == 2)
        let early = try outbox.step(.committed(height: Height(5), nextNumber: 1))
        #expect(early.batches.isEmpty)
        let again = try outbox.step(.committed(height: Height(6), nextNumber: 1))
        #expect(again.batches == first.batches)
        #expect(again.firstNumbers == first.firstNumbers)
    }

    @Test("a batch whose first numbers the ledger has from an earlier life is signed again without")
    func signsStraddlingAgain() throws {
        let rows = (1...4).map { row($0, [UInt8($0)]) }
        var outbox = try Outbox(
            restoring: rows, nextOnLedger: 1, height: Height(1), limits: small)
        #expect(outbox.start().firstNumbers == [1])
        // A batch of 1 and 2, signed before the restart, reaches the ledger after all.
        let again = try outbox.step(.committed(height: Height(2), nextNumber: 3))
        #expect(again.batches == [[[3], [4]]])
        #expect(again.firstNumbers == [3])
    }

    @Test("a refused batch is signed again after a pause")
    func retriesRefused() throws {
        var outbox = try fresh()
        for number in 0..<4 { _ = try outbox.submit([UInt8(number)]) }
        let first = try outbox.step(.persisted(through: 4))
        #expect(try outbox.step(.refused(first: 1)) == [.startTimer(milliseconds: 5)])
        #expect(try outbox.step(.timerFired).batches == first.batches)
    }

    @Test("what is refused again and again waits longer each time, until the stream moves on")
    func waitsLongerAfterEachRefusal() throws {
        var outbox = try fresh()
        for number in 0..<10 { _ = try outbox.submit([UInt8(number)]) }
        _ = try outbox.step(.persisted(through: 8))
        for milliseconds in [5, 10, 20, 40, 80, 160, 320, 640, 1_000, 1_000] as [UInt64] {
            #expect(
                try outbox.step(.refused(first: 1)) == [.startTimer(milliseconds: milliseconds)])
            // Neither further entries nor blocks that bring nothing have it signed before.
            #expect(try outbox.step(.persisted(through: 9)).batches.isEmpty)
            #expect(try outbox.step(.committed(height: Height(2), nextNumber: 1)) == [])
            #expect(try outbox.step(.timerFired).firstNumbers.first == 1)
        }
        _ = try outbox.step(.committed(height: Height(3), nextNumber: 5))
        #expect(try outbox.step(.refused(first: 5)) == [.startTimer(milliseconds: 5)])
    }

    @Test(
        "no batch has more entries of a costly kind than a node takes",
        arguments: [EntryKind.evidence, .anchor, .statement])
    func keepsWithinCounts(kind: EntryKind) throws {
        let limit = try #require(kind.batchCountMax)
        // How entries of the kind begin; the outbox looks no further.
        let head: [UInt8] = kind == .statement ? [0xd2] : [0xa6, 0, 1, 1, kind.rawValue]
        var limits = Outbox.Limits()
        limits.batchEntryCountMax = limit + 5
        var outbox = try Outbox(
            restoring: [], nextOnLedger: 1, height: Height(1), limits: limits)
        for number in 0..<(2 * limit + 1) { _ = try outbox.submit(head + [UInt8(number)]) }
        _ = try outbox.submit([1])
        let full = try outbox.step(.persisted(through: UInt64(2 * limit + 2)))
        #expect(full.batches.map(\.count) == [limit, limit])
        #expect(try outbox.step(.timerFired).batches.map(\.count) == [2])
    }

    @Test("a full outbox refuses with the limit, and takes entries again once some are anchored")
    func refusesWhenFull() throws {
        var outbox = try fresh()
        for number in 0..<20 { _ = try outbox.submit([UInt8(number)]) }
        #expect(throws: OutboxError.full(waiting: 20, limit: 20)) { try outbox.submit([20]) }
        _ = try outbox.step(.persisted(through: 20))
        _ = try outbox.step(.committed(height: Height(2), nextNumber: 5))
        #expect(try outbox.submit([20]) == [.persist(row(21, [20]))])
    }

    @Test("anchored rows are forgotten, but for the newest, which marks where the stream stands")
    func keepsNewestRow() throws {
        var outbox = try fresh()
        for number in 0..<4 { _ = try outbox.submit([UInt8(number)]) }
        _ = try outbox.step(.persisted(through: 4))
        let effects = try outbox.step(.committed(height: Height(2), nextNumber: 5))
        #expect(effects == [.forget(below: 4)])
        _ = try Outbox(restoring: [row(4, [3])], nextOnLedger: 5, height: Height(2))
    }

    @Test("numbers continue after a void entry where it says")
    func skipsVoidNumbers() throws {
        var outbox = try fresh()
        _ = try outbox.step(.submitted(number: 1, entry: [1], nextNumber: 10))
        #expect(outbox.nextNumber == 10)
        #expect(throws: OutboxError.number(found: 2, expected: 10)) {
            try outbox.step(.submitted(number: 2, entry: [2], nextNumber: 3))
        }
    }

    @Test(
        "after a crash at any step, what was acknowledged is signed and nothing is numbered twice",
        arguments: [(synced: 0, onLedger: 1), (3, 1), (7, 1), (7, 5), (8, 9)] as [(Int, UInt64)])
    func survivesCrash(synced: Int, onLedger: UInt64) throws {
        let rows = (0..<synced).map { row(UInt64($0 + 1), [UInt8($0)]) }
        var outbox = try Outbox(
            restoring: rows, nextOnLedger: onLedger, height: Height(3), limits: small)
        let signed = outbox.start().batches.flatMap { $0 }
        #expect(signed == rows.filter { $0.number >= onLedger }.map(\.entry))
        #expect(outbox.nextNumber == max(UInt64(synced + 1), onLedger))
    }

    @Test("rows with a gap between them are refused")
    func refusesGaps() {
        #expect(throws: OutboxError.gapInRows(after: 1, found: 3)) {
            try Outbox(
                restoring: [row(1, [1]), row(3, [3])], nextOnLedger: 1, height: Height(1))
        }
    }
}

@Suite("An outbox that may have lost rows")
struct OutboxReturnTests {
    /// What may be on the disk, and where the ledger stands there.
    static let cases: [(name: String, rows: [OutboxRow], next: UInt64, isNamed: Bool)] = [
        ("empty, before anything was fetched", [], 1, true),
        ("empty, the ledger ahead", [], 9, false),
        ("an older copy that fits an older ledger", [row(3, [3])], 4, true),
        ("an older copy under a newer ledger", [row(1, [1]), row(2, [2])], 9, false),
    ]

    @Test("numbers nothing until all has expired, then marks the disk first", arguments: cases)
    func waits(name: String, rows: [OutboxRow], next: UInt64, isNamed: Bool) throws {
        var outbox = try Outbox(
            restoring: rows, nextOnLedger: next, height: Height(5), limits: small,
            hasLostRows: isNamed)
        #expect(outbox.closure == .lost(lastRow: rows.last?.number, opensAt: nil))
        #expect(outbox.start() == [.findExpiry(heights: 4)])
        #expect(throws: OutboxError.self) { try outbox.submit([1]) }
        // A block before the network has told changes nothing.
        #expect(try outbox.step(.committed(height: Height(50), nextNumber: next)) == [])
        #expect(try outbox.step(.expired(at: Height(60))) == [])
        #expect(try outbox.step(.committed(height: Height(59), nextNumber: 12)) == [])
        let mark = OutboxRow(number: 11, entry: [], nextNumber: 12)
        #expect(
            try outbox.step(.committed(height: Height(60), nextNumber: 12)) == [.persist(mark)])
        #expect(throws: OutboxError.closed(.marking(mark))) { try outbox.submit([1]) }
        #expect(try outbox.step(.persisted(through: 11)) == [.opened(nextNumber: 12)])
        #expect(try outbox.submit([1]) == [.persist(row(12, [1]))])
        // After a restart the mark is where the stream begins, whatever lies before it.
        let again = try Outbox(
            restoring: rows + [mark, row(12, [1])], nextOnLedger: 12, height: Height(61))
        #expect(again.closure == nil && again.nextNumber == 13 && again.waitingCount == 1)
    }

    @Test("a stream that has nothing on the ledger begins with 1 again, after the wait")
    func beginsAnew() throws {
        var outbox = try Outbox(
            restoring: [], nextOnLedger: 1, height: Height(2), hasLostRows: true,
            opensAt: Height(3))
        #expect(outbox.start() == [])
        #expect(
            try outbox.step(.committed(height: Height(3), nextNumber: 1))
                == [.opened(nextNumber: 1)])
        #expect(try outbox.submit([1]) == [.persist(row(1, [1]))])
    }

    @Test("a restored copy signs what waited in it again, once the ledger shows that it fits")
    func restoredCopy() throws {
        let rows = (3...5).map { row($0, [UInt8($0)]) }
        var outbox = try Outbox(
            restoring: rows, nextOnLedger: 3, height: Height(5), limits: small,
            hasLostRows: true)
        #expect(outbox.start().batches.isEmpty)
        _ = try outbox.step(.expired(at: Height(9)))
        let effects = try outbox.step(.committed(height: Height(9), nextNumber: 5))
        #expect(effects.first == .opened(nextNumber: 6))
        #expect(effects.batches == [[[5]]])
    }

    @Test("rows ahead of a ledger that is fetched again wait for it, and lose nothing")
    func aheadOfLedger() throws {
        let rows = (5...6).map { row($0, [UInt8($0)]) }
        var outbox = try Outbox(
            restoring: rows, nextOnLedger: 1, height: .genesis, limits: small)
        #expect(outbox.closure == .aheadOfLedger(firstRow: 5, nextOnLedger: 1))
        #expect(outbox.start() == [])
        #expect(try outbox.step(.committed(height: Height(3), nextNumber: 4)) == [])
        let effects = try outbox.step(.committed(height: Height(4), nextNumber: 6))
        #expect(effects.first == .opened(nextNumber: 7))
        #expect(effects.batches == [[[6]]])
    }

    @Test("a mark is never signed, also where the ledger is fetched again to just before it")
    func marksAreNotEntries() throws {
        let mark = OutboxRow(number: 8, entry: [], nextNumber: 9)
        var outbox = try Outbox(
            restoring: [mark], nextOnLedger: 8, height: Height(2), limits: small)
        #expect(outbox.start() == [])
        let effects = try outbox.step(.committed(height: Height(3), nextNumber: 9))
        #expect(effects == [.opened(nextNumber: 9)])
    }

    @Test("numbers that somebody else gave close the outbox until they have expired")
    func somebodyElseNumbers() throws {
        var outbox = try fresh()
        #expect(
            try outbox.step(.committed(height: Height(7), nextNumber: 4))
                == [.findExpiry(heights: 4)])
        #expect(outbox.closure == .lost(lastRow: 0, opensAt: nil))
        #expect(try outbox.step(.expired(at: Height(8))) == [])
        let mark = OutboxRow(number: 4, entry: [], nextNumber: 5)
        #expect(
            try outbox.step(.committed(height: Height(8), nextNumber: 5)) == [.persist(mark)])
        // They go on while the mark is written: it is written again.
        _ = try outbox.step(.committed(height: Height(9), nextNumber: 6))
        let second = OutboxRow(number: 5, entry: [], nextNumber: 6)
        #expect(try outbox.step(.persisted(through: 4)) == [.persist(second)])
        #expect(try outbox.step(.persisted(through: 5)) == [.opened(nextNumber: 6)])
    }
}

private let small: Outbox.Limits = {
    var limits = Outbox.Limits()
    limits.entryCountMax = 20
    limits.batchEntryCountMax = 4
    limits.expiryHeights = 4
    return limits
}()

private func fresh() throws -> Outbox {
    try Outbox(restoring: [], nextOnLedger: 1, height: Height(1), limits: small)
}

private func row(_ number: UInt64, _ entry: [UInt8]) -> OutboxRow {
    OutboxRow(number: number, entry: entry, nextNumber: number + 1)
}

extension Outbox {
    fileprivate mutating func submit(_ entry: [UInt8]) throws(OutboxError) -> [OutboxEffect] {
        try step(.submitted(number: nextNumber, entry: entry, nextNumber: nextNumber + 1))
    }
}

extension [OutboxEffect] {
    fileprivate var drafts: [BatchDraft] {
        compactMap { effect in
            guard case .sign(let draft) = effect else { return nil }
            return draft
        }
    }

    fileprivate var batches: [[[UInt8]]] { drafts.map(\.entries) }

    fileprivate var firstNumbers: [UInt64] { drafts.map(\.first) }
}
