internal import Foundation
internal import Node
internal import Primitives
internal import Synchronization
internal import Transport

/// Look-ups of entries by leaf, of which many are under way.
final class LookupLoad: Sendable {
    private struct State {
        var random = SplitMix(seed: 7)
        var asked = 0
        var times: [Double] = []
        var answered = 0
        var failure: (any Error)?
        var end: CheckedContinuation<Void, Never>?
    }

    private let clients: [NodeClient]
    private let state = Mutex(State())
    /// How many of each connection are under way where there is no pace.
    private static let depth = 16

    init(_ clients: [NodeClient]) {
        self.clients = clients
    }

    /// Asks for `count` entries, as fast as there are answers; or at a pace, and then half of the
    /// questions are such as the node refuses without a look at anything: it keeps no leaf hashes.
    func run(_ count: Int, perSecond pace: Double?) async throws -> LookupTimes {
        state.withLock { $0.times = Array(repeating: 0, count: count) }
        await withCheckedContinuation { continuation in
            state.withLock { $0.end = continuation }
            Thread {
                guard let pace else {
                    for client in self.clients {
                        for _ in 0..<Self.depth { self.ask(client, due: nil, goesOn: true) }
                    }
                    return
                }
                let start = Self.now + 0.05
                for number in 0..<count {
                    let due = start + Double(number) / pace
                    let early = due - Self.now
                    if early > 0 { usleep(UInt32(early * 1e6)) }
                    self.ask(self.clients[number % self.clients.count], due: due, goesOn: false)
                }
            }.start()
        }
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return LookupTimes(all: state.times)
        }
    }

    private func ask(_ client: NodeClient, due: Double?, goesOn: Bool) {
        let next = state.withLock { state -> (number: Int, leaf: UInt64)? in
            guard state.asked < state.times.count else { return nil }
            defer { state.asked += 1 }
            return (
                state.asked, state.random.next() % UInt64(AuditLedger.entryCount / 1_024 * 1_024)
            )
        }
        guard let (number, leaf) = next else { return }
        let isEmpty = due != nil && LookupTimes.isEmpty(number)
        let due = due ?? Self.now
        let answer = { @Sendable (result: Result<EntryAnswer, TransportError>) in
            let time = (Self.now - due) * 1_000
            let end = self.state.withLock { state -> CheckedContinuation<Void, Never>? in
                if case .failure(let error) = result, !(isEmpty && Self.isAnswer(error)) {
                    state.failure = state.failure ?? error
                }
                state.times[number] = time
                state.answered += 1
                guard state.answered == state.times.count else { return nil }
                defer { state.end = nil }
                return state.end
            }
            end?.resume()
            if goesOn { self.ask(client, due: nil, goesOn: true) }
        }
        if isEmpty {
            client.entry(hash: .zero, answer: answer)
        } else {
            client.entry(leaf: leaf, answer: answer)
        }
    }

    /// Whether the node refuses for good, and not because it has no time.
    private static func isAnswer(_ error: TransportError) -> Bool {
        guard case .refused = error else { return false }
        return !NodeClient.isBusy(error)
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
