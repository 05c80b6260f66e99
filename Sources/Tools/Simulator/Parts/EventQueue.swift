/// What will happen, soonest first; what is due at one time happens in the order of adding.
struct EventQueue<Event> {
    private var heap: [(time: Int64, number: UInt64, event: Event)] = []
    private var counter: UInt64 = 0

    mutating func add(_ event: Event, at time: Int64) {
        heap.append((time, counter, event))
        counter += 1
        var child = heap.count - 1
        while child > 0, comes(child, before: (child - 1) / 2) {
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
            for child in [parent * 2 + 1, parent * 2 + 2] where child < heap.count {
                if comes(child, before: soonest) { soonest = child }
            }
            if soonest == parent { break }
            heap.swapAt(parent, soonest)
            parent = soonest
        }
        return (first.time, first.event)
    }

    private func comes(_ left: Int, before right: Int) -> Bool {
        (heap[left].time, heap[left].number) < (heap[right].time, heap[right].number)
    }
}
