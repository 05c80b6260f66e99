internal import Dispatch
internal import Foundation
internal import Synchronization

/// Threads of a node, and what is handed to them.
extension Node {
    /// Runs `body` on a thread of its own.
    ///
    /// With `givesWay` it gets a tenth of the processor time that others get who want it: consensus
    /// does not wait for what has time.
    static func thread(
        _ name: String, givesWay: Bool = false, _ body: @escaping @Sendable () -> Void
    ) {
        let thread = Thread {
            // Linux takes 0 for the thread that asks; refused, it goes on as all others do.
            if givesWay { _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10) }
            body()
        }
        thread.name = "custos \(name)"
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Runs `body` on a thread of its own, and signals `ended` when the thread holds `owner` no
    /// more: what it has open on the disk can then be opened by somebody else.
    static func thread<Owner: Sendable>(
        _ name: String, of owner: Owner, givesWay: Bool = false, ended: DispatchSemaphore,
        _ body: @escaping @Sendable (Owner) -> Void
    ) {
        let handover = Handover(owner)
        thread(name, givesWay: givesWay) {
            body(handover.takeOnly())
            ended.signal()
        }
    }
}

/// A value that is made on one thread and used on another, by one of them at a time.
///
/// Unchecked Sendable, because it is handed over once: ``takeOnly()`` gives it to the one thread
/// that uses it from then on, and nothing else keeps it.
final class Handover<Value>: @unchecked Sendable {
    private let lock = Mutex(false)
    private var value: Value?

    init(_ value: Value) {
        self.value = value
    }

    /// The value, for whoever asks first.
    func takeOnly() -> Value {
        let wasTaken = lock.withLock { isTaken in
            defer { isTaken = true }
            return isTaken
        }
        guard !wasTaken, let value else { preconditionFailure("a value was taken twice") }
        self.value = nil
        return value
    }
}
