/// Waits, earliest first; equal ones in the order in which they were asked for.
struct TimerQueue<Timer> {
    private struct Wait {
        let deadline: UInt64
        let sequence: UInt64
        let timer: Timer

        func isBefore(_ other: Wait) -> Bool {
            deadline != other.deadline
                ? deadline < other.deadline : sequence < other.sequence
        }
    }

    /// A binary heap: no wait is before its parent.
    private var waits: [Wait] = []
    private var nextSequence: UInt64 = 0

    var count: Int { waits.count }

    /// When the earliest wait ends, in nanoseconds of the clock that they were started by.
    var nextDeadline: UInt64? { waits.first?.deadline }

    mutating func start(_ timer: Timer, deadline: UInt64) {
        waits.append(Wait(deadline: deadline, sequence: nextSequence, timer: timer))
        nextSequence += 1
        var child = waits.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard waits[child].isBefore(waits[parent]) else { break }
            waits.swapAt(child, parent)
            child = parent
        }
    }

    /// The earliest wait that has ended at `now`, if there is one; it is taken out.
    mutating func popDue(at now: UInt64) -> Timer? {
        guard let first = waits.first, first.deadline <= now else { return nil }
        waits.swapAt(0, waits.count - 1)
        waits.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < waits.count {
                if waits[child].isBefore(waits[least]) { least = child }
            }
            guard least != parent else { break }
            waits.swapAt(parent, least)
            parent = least
        }
        return first.timer
    }
}
