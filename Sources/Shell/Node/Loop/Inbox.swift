internal import Dispatch
internal import Synchronization

/// What waits for one thread: anybody puts in, the thread takes all that is there.
final class Inbox<Item: Sendable>: Sendable {
    private struct State {
        var items: [Item] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)

    /// Puts an item in; it is dropped once the inbox is closed.
    func post(_ item: Item) {
        let isFirst = state.withLock { state in
            guard !state.isClosed else { return false }
            state.items.append(item)
            return state.items.count == 1
        }
        if isFirst { signal.signal() }
    }

    /// Puts items in, together and in their order.
    func post(_ items: [Item]) {
        guard !items.isEmpty else { return }
        let isFirst = state.withLock { state in
            guard !state.isClosed else { return false }
            state.items += items
            return state.items.count == items.count
        }
        if isFirst { signal.signal() }
    }

    /// Takes no more items; the thread is woken.
    func close() {
        state.withLock { $0.isClosed = true }
        signal.signal()
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// All items, in order; waits for one until the deadline where there is none, and not at all
    /// once the inbox is closed.
    func take(until deadline: UInt64?) -> [Item] {
        if let items = takeAll() { return items }
        if isClosed { return [] }
        if let deadline {
            _ = signal.wait(timeout: DispatchTime(uptimeNanoseconds: deadline))
        } else {
            signal.wait()
        }
        return takeAll() ?? []
    }

    private func takeAll() -> [Item]? {
        state.withLock { state in
            guard !state.items.isEmpty else { return nil }
            let items = state.items
            state.items = []
            return items
        }
    }
}
