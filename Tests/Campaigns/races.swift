// Threads that add to one array: under a lock, or not; and a task that goes on with what they hand
// it. The sanitizer must tell the race from what is in order.

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

// Some are resumed before they are awaited, some while they are, some after.
for turn in 0..<1_000 {
    let handed = try await withUnsafeThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: [turn]) }
        for _ in 0..<turn % 3 { usleep(40) }
    }
    precondition(handed == [turn])
}
