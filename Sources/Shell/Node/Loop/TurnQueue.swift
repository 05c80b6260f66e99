internal import Dispatch
internal import Primitives
internal import Synchronization

/// What waits for one thread, by whom it is from: they take turns, and each has so many places.
final class TurnQueue<Item: Sendable>: Sendable {
    private struct State {
        var waiting: [InstitutionID: [Item]] = [:]
        /// Those of whom something waits, in the order of their turns.
        var turns: [InstitutionID] = []
        var isClosed = false
    }

    private let places: Int
    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)

    init(places: Int) {
        self.places = places
    }

    /// Puts an item in; false where its sender has no place left, or the queue is closed.
    @discardableResult
    func put(_ item: Item, of sender: InstitutionID) -> Bool {
        let isIn = state.withLock { state in
            let count = state.waiting[sender]?.count ?? 0
            guard !state.isClosed, count < places else { return false }
            if count == 0 { state.turns.append(sender) }
            state.waiting[sender, default: []].append(item)
            return true
        }
        if isIn { signal.signal() }
        return isIn
    }

    /// The next item; waits for one, and is nil once the queue is closed.
    func take() -> (sender: InstitutionID, item: Item)? {
        signal.wait()
        return state.withLock { state in
            guard !state.isClosed, !state.turns.isEmpty else { return nil }
            let sender = state.turns.removeFirst()
            guard let item = state.waiting[sender]?.removeFirst() else { return nil }
            if state.waiting[sender]?.isEmpty == true {
                state.waiting[sender] = nil
            } else {
                state.turns.append(sender)
            }
            return (sender, item)
        }
    }

    /// Takes no more items, and lets go of those that wait.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.waiting = [:]
            state.turns = []
        }
        signal.signal()
    }
}
