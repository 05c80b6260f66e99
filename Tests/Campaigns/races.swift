// Threads that add to one array: under a lock, or not. The sanitizer must tell them apart.

import Foundation
import Synchronization

/// An array that is guarded, and one that is not.
final class Shared: Sendable {
    let guarded = Mutex<[Int]>([])
    nonisolated(unsafe) var open: [Int] = []
}

let shared = Shared()
let isOpen = CommandLine.arguments.last == "open"
let threads = (0..<4).map { number in
    Thread {
        for turn in 0..<20_000 {
            shared.guarded.withLock { $0.append(number ^ turn) }
            if isOpen, turn.isMultiple(of: 100) { shared.open.append(turn) }
        }
    }
}
for thread in threads { thread.start() }
while !threads.allSatisfy(\.isFinished) { usleep(1_000) }
