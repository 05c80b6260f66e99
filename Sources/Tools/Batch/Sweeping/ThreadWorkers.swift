internal import Dispatch
internal import Foundation
public import RuleEngine
internal import Synchronization

/// Does the parts of a sweep side by side, on as many threads as there are cores.
public struct ThreadWorkers: SweepWorkers {
    public let count: Int

    /// - Parameter count: How many threads; as many as the machine has cores where it is nil.
    public init(count: Int? = nil) {
        self.count = max(1, count ?? ProcessInfo.processInfo.activeProcessorCount)
    }

    public func map<Part: Sendable, Answer: Sendable>(
        _ parts: [Part], _ body: @Sendable (Part) -> Answer
    ) -> [Answer] {
        guard count > 1, parts.count > 1 else { return parts.map(body) }
        // Threads take the next part that nobody has, so that long parts hold up nobody.
        let next = Mutex(0)
        let answers = Mutex<[(place: Int, answer: Answer)]>([])
        DispatchQueue.concurrentPerform(iterations: min(count, parts.count)) { _ in
            while true {
                let place = next.withLock { place in
                    defer { place += 1 }
                    return place
                }
                guard place < parts.count else { return }
                let answer = body(parts[place])
                answers.withLock { $0.append((place, answer)) }
            }
        }
        return answers.withLock { $0.sorted { $0.place < $1.place }.map(\.answer) }
    }
}
