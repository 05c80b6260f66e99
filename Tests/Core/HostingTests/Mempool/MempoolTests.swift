import Cryptography
import Hosting
import Primitives
import Records
import TestSupport
import Testing

@Suite("Mempool")
struct MempoolTests {
    @Test("within a stream batches go by number, whatever order they came in")
    func ordersByNumber() {
        var pool = Mempool(height: Height(5))
        let batches = [batch("a", 1...2), batch("a", 3...4), batch("a", 5...6)]
        for index in [2, 0, 1] {
            #expect(pool.add(batches[index], nextOnLedger: 1) == .accepted(replaced: []))
        }
        #expect(pool.reapAll() == batches.map(\.digest))
    }

    @Test("a gap holds back what follows it, and only that")
    func stopsAtGap() {
        var pool = Mempool(height: Height(5))
        let first = batch("a", 1...2)
        _ = pool.add(first, nextOnLedger: 1)
        _ = pool.add(batch("a", 4...5), nextOnLedger: 1)
        let other = batch("b", 1...9)
        _ = pool.add(other, nextOnLedger: 1)
        #expect(pool.reapAll() == [first.digest, other.digest])
    }

    @Test("streams take turns, and who was served goes to the back")
    func takesTurns() {
        var pool = Mempool(height: Height(5))
        let a = [batch("a", 1...4), batch("a", 5...8)]
        let b = [batch("b", 1...4)]
        for ticket in a + b { _ = pool.add(ticket, nextOnLedger: 1) }
        #expect(pool.reapAll() == [a[0], b[0], a[1]].map(\.digest))
        #expect(
            pool.reap(entryCountMax: 8, byteCountMax: 1_000) { _ in 1 }
                == [a[0], b[0]].map(\.digest))
        pool.committed(height: Height(6), advanced: [(key("a"), 5)])
        #expect(
            pool.reap(entryCountMax: 4, byteCountMax: 1_000) { $0 == key("a") ? 5 : 1 }
                == [b[0].digest])
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let ticket: BatchTicket
        let answer: Admission
    }

    static let waiting = batch("a", 5...8)
    static let cases = [
        Case(testDescription: "the same again", ticket: waiting, answer: .duplicate),
        Case(
            testDescription: "committed already", ticket: batch("a", 1...3),
            answer: .refused(.committed(nextOnLedger: 4))),
        Case(
            testDescription: "half committed", ticket: batch("a", 3...4),
            answer: .refused(.straddles(nextOnLedger: 4))),
        Case(
            testDescription: "expired", ticket: batch("a", 9...9, expiry: 10),
            answer: .refused(.expired(expiry: Height(10), height: Height(10)))),
        Case(
            testDescription: "other bytes under one number",
            ticket: batch("a", 8...9, content: "other"),
            answer: .refused(.conflict(with: waiting.digest))),
        Case(
            testDescription: "the same entries, signed again for longer",
            ticket: batch("a", 5...8, expiry: 200), answer: .accepted(replaced: [waiting.digest])),
        Case(
            testDescription: "the same entries, cut otherwise, for no longer",
            ticket: batch("a", 4...6), answer: .covered(by: [waiting.digest])),
    ]

    @Test("each batch gets the answer that it deserves", arguments: cases)
    func answers(_ row: Case) {
        var pool = Mempool(height: Height(10))
        #expect(pool.add(MempoolTests.waiting, nextOnLedger: 4) == .accepted(replaced: []))
        #expect(pool.add(row.ticket, nextOnLedger: 4) == row.answer)
    }

    @Test("what does not fit is refused with the limit, and fits once something has left")
    func pushesBack() {
        var limits = Mempool.Limits()
        limits.byteCountMax = 128
        limits.streamReadyCountMax = 2
        var pool = Mempool(height: Height(1), limits: limits)
        _ = pool.add(batch("a", 1...4), nextOnLedger: 1)
        // A sixteenth is kept for what is urgent.
        #expect(
            pool.add(batch("b", 1...9), nextOnLedger: 1)
                == .refused(.full(byteCount: 40, limit: 120)))
        _ = pool.add(batch("a", 5...5), nextOnLedger: 1)
        #expect(
            pool.add(batch("a", 6...6), nextOnLedger: 1) == .refused(.streamFull(limit: 2)))
        pool.committed(height: Height(2), advanced: [(key("a"), 5)])
        #expect(pool.byteCount == 10)
        #expect(pool.add(batch("b", 1...9), nextOnLedger: 1) == .accepted(replaced: []))
    }

    /// A pool of 3,200 bytes into which some issuers have put all that it takes of them.
    private static func flooded(by issuers: [String]) -> (pool: Mempool, refusals: [Admission]) {
        var limits = Mempool.Limits()
        limits.byteCountMax = 3_200
        var pool = Mempool(height: Height(1), limits: limits)
        var refusals: [Admission] = []
        for number in 1...400 as ClosedRange<UInt64> {
            for issuer in issuers {
                let answer = pool.add(batch(issuer, number...number), nextOnLedger: 1)
                if case .refused = answer { refusals.append(answer) }
            }
        }
        return (pool, refusals)
    }

    @Test("who floods leaves as much free as it has, however many batches it sends")
    func sharesRoom() {
        for (flooders, each) in [(["a"], 1_500), (["a", "b"], 1_000), (["a", "b", "c"], 750)] {
            var (pool, refusals) = Self.flooded(by: flooders)
            #expect(pool.byteCount <= each * flooders.count)
            #expect(pool.byteCount > each * flooders.count - 30 * flooders.count)
            let areShares = refusals.allSatisfy { answer in
                if case .refused(.shareFull) = answer { true } else { false }
            }
            #expect(areShares && !refusals.isEmpty)
            // Whoever comes next has room for as much as each of them could have next to it.
            #expect(pool.add(batch("z", 1...30), nextOnLedger: 1) == .accepted(replaced: []))
        }
    }

    @Test("streams of one issuer share its room, and its turns")
    func sharesAmongStreams() {
        var limits = Mempool.Limits()
        limits.byteCountMax = 3_200
        var pool = Mempool(height: Height(1), limits: limits)
        for stream in 0..<60 as Range<UInt16> {
            for number in 1...5 as ClosedRange<UInt64> {
                _ = pool.add(batch("a", [number], stream: stream), nextOnLedger: 1)
            }
        }
        #expect(pool.byteCount <= 1_500)
        let quiet = batch("b", 1...1)
        #expect(pool.add(quiet, nextOnLedger: 1) == .accepted(replaced: []))
        let first = pool.reap(entryCountMax: 2, byteCountMax: 1_000) { _ in 1 }
        #expect(first.contains(quiet.digest), "one of each issuer, before a second of any")
    }

    @Test("what governs finds room where nothing else does, and goes first")
    func keepsRoomForGovernance() {
        var (pool, _) = Self.flooded(by: (0..<80).map { "flooder-\($0)" })
        #expect(pool.byteCount > 2_900)
        let waiting = pool.byteCount
        #expect(
            pool.add(batch("z", 1...12), nextOnLedger: 1)
                == .refused(.full(byteCount: waiting, limit: 3_000)))
        let vote = batch("z", Array(1...12), content: "vote", isUrgent: true)
        #expect(pool.add(vote, nextOnLedger: 1) == .accepted(replaced: []))
        let reaped = pool.reap(entryCountMax: 12, byteCountMax: 1_000) { _ in 1 }
        #expect(reaped == [vote.digest])
    }

    @Test("an issuer that floods with what is urgent keeps nobody's vote out, and no block full")
    func boundsWhatIsUrgent() {
        var limits = Mempool.Limits()
        limits.byteCountMax = 3_200
        var pool = Mempool(height: Height(1), limits: limits)
        for number in 1...400 as ClosedRange<UInt64> {
            _ = pool.add(batch("a", [number], isUrgent: true), nextOnLedger: 1)
        }
        #expect(pool.byteCount == 1_600)
        let (plain, vote) = (batch("b", 1...1), batch("c", [1], isUrgent: true))
        #expect(pool.add(plain, nextOnLedger: 1) == .accepted(replaced: []))
        #expect(pool.add(vote, nextOnLedger: 1) == .accepted(replaced: []))
        let reaped = pool.reap(entryCountMax: 4, byteCountMax: 1_000) { _ in 1 }
        #expect(reaped.contains(plain.digest) && reaped.contains(vote.digest))
    }

    @Test("what waits early leaves room for what it waits for")
    func leavesRoomForWhatIsMissing() {
        var limits = Mempool.Limits()
        limits.byteCountMax = 3_200
        limits.streamEarlyCountMax = 400
        var pool = Mempool(height: Height(1), limits: limits)
        for number in 2...400 as ClosedRange<UInt64> {
            _ = pool.add(batch("a", number...number), nextOnLedger: 1)
        }
        #expect(pool.byteCount > 900 && !pool.hasReady)
        #expect(pool.add(batch("a", 1...1), nextOnLedger: 1) == .accepted(replaced: []))
        #expect(pool.hasReady)
    }

    @Test("only so many wait for others with lower numbers; those that can go next are not counted")
    func boundsWhatIsEarly() {
        var limits = Mempool.Limits()
        limits.streamEarlyCountMax = 2
        var pool = Mempool(height: Height(1), limits: limits)
        for number in [1, 2, 3, 5, 7] as [UInt64] {
            let answer = pool.add(batch("a", number...number), nextOnLedger: 1)
            #expect(answer == .accepted(replaced: []))
        }
        #expect(pool.add(batch("a", 9...9), nextOnLedger: 1) == .refused(.streamFull(limit: 2)))
        // The missing one makes room: what it was missing for is ready now.
        #expect(pool.add(batch("a", 4...4), nextOnLedger: 1) == .accepted(replaced: []))
        #expect(pool.add(batch("a", 9...9), nextOnLedger: 1) == .accepted(replaced: []))
        #expect(pool.reapAll().count == 5)
    }

    @Test("a batch that holds more takes the place of those that it holds, for as long as they")
    func largerOnesReplace() {
        var pool = Mempool(height: Height(1))
        let late = batch("a", 3...4)
        _ = pool.add(late, nextOnLedger: 1)
        #expect(!pool.hasReady)
        #expect(
            pool.add(batch("a", 1...4), nextOnLedger: 1) == .accepted(replaced: [late.digest]))
        #expect(pool.hasReady && pool.entryCount == 4)
        #expect(pool.add(late, nextOnLedger: 1) == .covered(by: pool.reapAll()))
    }

    @Test("entries that follow a void are compared by their numbers, however batches are cut")
    func comparesPastVoids() {
        let waiting = batch("a", [1, 2, 6, 7])
        for (other, answer) in [
            (batch("a", [2, 6]), .covered(by: [waiting.digest])),
            (batch("a", [7]), .covered(by: [waiting.digest])),
            (batch("a", [1, 2, 6, 7, 8]), .accepted(replaced: [waiting.digest])),
            (batch("a", [6, 7, 8], expiry: 200), .accepted(replaced: [waiting.digest])),
            (batch("a", [1, 2, 3]), .refused(.conflict(with: waiting.digest))),
            (batch("a", [4]), .refused(.conflict(with: waiting.digest))),
            (batch("a", [2, 7]), .refused(.conflict(with: waiting.digest))),
            (
                batch("a", [6, 7, 8], content: "other"),
                .refused(.conflict(with: waiting.digest))
            ),
        ] as [(BatchTicket, Admission)] {
            var pool = Mempool(height: Height(1))
            #expect(pool.add(waiting, nextOnLedger: 1) == .accepted(replaced: []))
            #expect(pool.add(other, nextOnLedger: 1) == answer, "\(other)")
        }
    }

    @Test("a queue of any history hands out what a plain search would find")
    func agreesWithModel() {
        for seed in 0..<60 as Range<UInt64> {
            var generator = SplitMix(seed: seed)
            var pool = Mempool(height: Height(1))
            var model: [BatchTicket] = []
            var next: UInt64 = 1
            var height: UInt64 = 1
            for _ in 0..<80 {
                if generator.chance(80) {
                    let first = next + UInt64.random(in: 0...12, using: &generator)
                    let last = first + UInt64.random(in: 0...3, using: &generator)
                    let expiry = height + UInt64.random(in: 1...8, using: &generator)
                    let ticket = batch("a", first...last, expiry: expiry)
                    if case .accepted(let replaced) = pool.add(ticket, nextOnLedger: next) {
                        model.removeAll { replaced.contains($0.digest) }
                        model.append(ticket)
                    }
                } else {
                    if generator.chance(60) { next += UInt64.random(in: 1...5, using: &generator) }
                    height += 1
                    pool.committed(height: Height(height), advanced: [(key("a"), next)])
                    model.removeAll { $0.first < next || $0.expiry.blocks <= height }
                }
                var expected: [Digest] = []
                var end = next
                while let following = model.first(where: { $0.first == end }) {
                    expected.append(following.digest)
                    end = following.end
                }
                let reaped = pool.reap(entryCountMax: .max, byteCountMax: .max) { _ in next }
                #expect(reaped == expected, "seed \(seed)")
                #expect(pool.hasReady == !expected.isEmpty, "seed \(seed)")
                #expect(pool.entryCount == model.reduce(0) { $0 + $1.entryCount })
            }
        }
    }

    @Test("an expired batch leaves by itself, and its numbers may come again")
    func dropsExpired() {
        var pool = Mempool(height: Height(1))
        let early = batch("a", 1...2, expiry: 3)
        _ = pool.add(early, nextOnLedger: 1)
        #expect(pool.committed(height: Height(2), advanced: []).isEmpty)
        #expect(pool.committed(height: Height(3), advanced: []) == [early.digest])
        #expect(pool.isEmpty && pool.entryCount == 0 && pool.byteCount == 0)
        #expect(pool.add(batch("a", 1...2, expiry: 9), nextOnLedger: 1) == .accepted(replaced: []))
    }
}

private func key(_ issuer: String, _ stream: UInt16 = 0) -> StreamKey {
    guard let id = InstitutionID(issuer) else { preconditionFailure("a bad name in a test") }
    return StreamKey(issuer: id, stream: StreamID(stream))
}

/// A batch of 10-byte entries with these numbers.
private func batch(
    _ issuer: String, _ numbers: ClosedRange<UInt64>, expiry: UInt64 = 100,
    content: String = "entry"
) -> BatchTicket {
    batch(issuer, Array(numbers), expiry: expiry, content: content)
}

/// A batch of 10-byte entries with these numbers; where they jump, the entry before is a void.
private func batch(
    _ issuer: String, _ numbers: [UInt64], expiry: UInt64 = 100, content: String = "entry",
    stream: UInt16 = 0, isUrgent: Bool = false
) -> BatchTicket {
    let leafHashes = numbers.map { SHA256.leaf(Array("\(issuer) \(content) \($0)".utf8)) }
    let name = "\(issuer) \(stream) \(content) \(numbers) \(expiry)"
    return BatchTicket(
        digest: SHA256.hash(Array(name.utf8)), stream: key(issuer, stream), first: numbers[0],
        end: numbers[numbers.count - 1] + 1, expiry: Height(expiry),
        byteCount: numbers.count * 10, leafHashes: leafHashes,
        jumps: numbers.indices.dropFirst().compactMap { place in
            numbers[place] == numbers[place - 1] + 1
                ? nil : BatchTicket.Jump(place: place, number: numbers[place])
        }, isUrgent: isUrgent)
}

extension Mempool {
    fileprivate func reapAll() -> [Digest] {
        reap(entryCountMax: .max, byteCountMax: .max) { _ in 1 }
    }
}
