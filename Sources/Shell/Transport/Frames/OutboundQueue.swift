internal import NIOCore

/// How much a message matters when a peer reads too slowly.
public enum Urgency: Sendable {
    /// Votes, proposals, answers: goes first, and is dropped only at the hard limit.
    case urgent
    /// Batches and payloads, which a peer can ask for again: waits, and is dropped earlier.
    case bulk
}

/// Frames that wait for a connection, bounded in bytes.
///
/// Urgent frames overtake bulk ones; within each kind the order is kept. A frame that finds no
/// room is refused, never one that was taken before.
struct OutboundQueue {
    /// How many bytes may wait before bulk frames are refused, and before urgent ones are.
    struct Limits: Sendable {
        var bulkBytes = 32 << 20
        var urgentBytes = 64 << 20
    }

    private let limits: Limits
    private var urgent = Lane()
    private var bulk = Lane()

    private(set) var byteCount = 0

    init(limits: Limits = Limits()) {
        self.limits = limits
    }

    var isEmpty: Bool { urgent.isEmpty && bulk.isEmpty }

    /// Takes the frame, or says that there is no room for it.
    mutating func enqueue(_ frame: ByteBuffer, _ urgency: Urgency) -> Bool {
        let limit = urgency == .urgent ? limits.urgentBytes : limits.bulkBytes
        guard byteCount + frame.readableBytes <= limit else { return false }
        byteCount += frame.readableBytes
        switch urgency {
        case .urgent: urgent.append(frame)
        case .bulk: bulk.append(frame)
        }
        return true
    }

    /// The frame to write next.
    mutating func next() -> ByteBuffer? {
        guard let frame = urgent.popFirst() ?? bulk.popFirst() else { return nil }
        byteCount -= frame.readableBytes
        return frame
    }

    /// First in, first out, without moving the rest at every step.
    private struct Lane {
        private var frames: [ByteBuffer] = []
        private var head = 0

        var isEmpty: Bool { head == frames.count }

        mutating func append(_ frame: ByteBuffer) {
            frames.append(frame)
        }

        mutating func popFirst() -> ByteBuffer? {
            guard head < frames.count else { return nil }
            let frame = frames[head]
            frames[head] = ByteBuffer()
            head += 1
            if head == frames.count || head > 1024 {
                frames.removeFirst(head)
                head = 0
            }
            return frame
        }
    }
}
