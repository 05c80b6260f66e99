internal import Supervision
internal import Synchronization
internal import Testing
internal import Transport

@testable import Node

/// Jobs of a desk: one after another, worked on beside it.
@Suite("Jobs of the desk", .timeLimit(.minutes(30)))
struct DeskJobsTests {
    private struct Broken: Error {}

    /// Counts its steps, and answers with how many works were done.
    private final class Counting: DeskJob {
        private var left: Int
        private let breaksAt: Int?
        private let done = Counter()

        init(steps: Int, breaksAt: Int? = nil) {
            left = steps
            self.breaksAt = breaksAt
        }

        func next() throws -> (@Sendable () -> Void)? {
            if left == breaksAt { throw Broken() }
            guard left > 0 else { return nil }
            left -= 1
            let done = done
            return { done.add() }
        }

        func answer() throws -> [UInt8] { [UInt8(done.count)] }
    }

    private final class Counter: Sendable {
        private let value = Mutex(0)

        func add() { value.withLock { $0 += 1 } }
        var count: Int { value.withLock { $0 } }
    }

    private final class Answers: Sendable {
        private let all = Mutex<[String]>([])

        var texts: [String] { all.withLock { $0 } }

        func responder(_ name: String) -> Responder {
            Responder { result in
                let text =
                    switch result {
                    case .success(let bytes): "\(name): \(Array(bytes))"
                    case .failure: "\(name): refused"
                    }
                self.all.withLock { $0.append(text) }
            }
        }
    }

    @Test("each answers when all of it is done, and one that fails holds up none")
    func inOrder() {
        let (inbox, answers) = (Inbox<Int>(), Answers())
        let jobs = DeskJobs { inbox.post(1) }
        jobs.add(Counting(steps: 5), answers.responder("first"))
        jobs.add(Counting(steps: 4, breaksAt: 2), answers.responder("second"))
        jobs.add(Counting(steps: 0), answers.responder("third"))
        // Nothing of it is done by the desk's own thread: it only goes on when it is told to.
        var wakes = 0
        while answers.texts.count < 3 {
            for _ in inbox.take(until: nil) {
                wakes += 1
                jobs.goOn()
            }
        }
        #expect(answers.texts == ["first: [5]", "second: refused", "third: [0]"])
        #expect(wakes == 7)
        jobs.close()
    }

    @Test("too many are refused, and what waits is refused when the desk ends")
    func bounded() {
        let answers = Answers()
        let jobs = DeskJobs {}
        for number in 1...9 {
            jobs.add(Counting(steps: 1), answers.responder("\(number)"))
        }
        #expect(answers.texts == ["9: refused"])
        jobs.close()
        #expect(answers.texts.count == 9)
    }
}
