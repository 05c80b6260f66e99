/// What will happen, soonest first; what is due at one time happens in the order of adding.
struct EventQueue<Event> {
    /// When an event is due, and where it lies: what the heap moves, however large events are.
    private struct Place {
        let time: Int64
        let number: UInt64
        let slot: Int

        func comes(before other: Place) -> Bool {
            (time, number) < (other.time, other.number)
        }
    }

    private var heap: [Place] = []
    private var events: [Event?] = []
    private var freeSlots: [Int] = []
    private var counter: UInt64 = 0

    mutating func add(_ event: Event, at time: Int64) {
        let slot = freeSlots.popLast() ?? events.count
        if slot == events.count { events.append(event) } else { events[slot] = event }
        heap.append(Place(time: time, number: counter, slot: slot))
        counter += 1
        var child = heap.count - 1
        while child > 0, heap[child].comes(before: heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeFirst() -> (time: Int64, event: Event)? {
        guard !heap.isEmpty else { return nil }
        heap.swapAt(0, heap.count - 1)
        let first = heap.removeLast()
        var parent = 0
        while true {
            var soonest = parent
            for child in parent * 2 + 1...parent * 2 + 2 where child < heap.count {
                if heap[child].comes(before: heap[soonest]) { soonest = child }
            }
            if soonest == parent { break }
            heap.swapAt(parent, soonest)
            parent = soonest
        }
        guard let event = events[first.slot].take() else { return nil }
        freeSlots.append(first.slot)
        return (first.time, event)
    }
}
