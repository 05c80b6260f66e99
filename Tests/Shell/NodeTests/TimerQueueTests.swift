internal import Testing

@testable import Node

@Suite("TimerQueue")
struct TimerQueueTests {
    /// A fixed mixing of the seed, so that the order of starts is none in particular.
    @Test(arguments: [UInt64(1), 7, 42, 1_000_003])
    func firesInOrderOfDeadlineThenOfStart(_ seed: UInt64) {
        var queue = TimerQueue<Int>()
        var state = seed
        var expected: [(deadline: UInt64, timer: Int)] = []
        for timer in 0..<200 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let deadline = (state >> 33) % 50
            queue.start(timer, deadline: deadline)
            expected.append((deadline, timer))
        }
        expected.sort { ($0.deadline, $0.timer) < ($1.deadline, $1.timer) }
        #expect(queue.nextDeadline == expected[0].deadline)
        var fired: [Int] = []
        while let timer = queue.popDue(at: 50) { fired.append(timer) }
        #expect(fired == expected.map(\.timer), "seed \(seed)")
        #expect(queue.nextDeadline == nil)
    }

    @Test func keepsWhatIsNotDue() {
        var queue = TimerQueue<String>()
        queue.start("late", deadline: 10)
        queue.start("early", deadline: 5)
        #expect(queue.popDue(at: 4) == nil)
        #expect(queue.popDue(at: 5) == "early")
        #expect(queue.popDue(at: 5) == nil)
        #expect(queue.popDue(at: 11) == "late")
    }
}
