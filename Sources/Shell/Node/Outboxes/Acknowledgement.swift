internal import Primitives
internal import Synchronization
internal import Transport

/// Who is told when an entry is synced in the outbox.
enum Acknowledgement: Sendable {
    /// Whoever submitted it, with its number.
    case number(Responder)
    /// Whoever waits for an answer that must not leave before the entry is safe.
    case reply(HeldReply)

    func accept(number: UInt64) {
        switch self {
        case .number(let responder):
            var writer = CBORWriter(reservingCapacity: 9)
            writer.unsigned(number)
            responder.respond(writer.bytes)
        case .reply(let reply): reply.release()
        }
    }

    func refuse(_ reason: String) {
        switch self {
        case .number(let responder): responder.refuse(reason)
        case .reply(let reply): reply.refuse(reason)
        }
    }
}

/// An answer that is held back until every entry that it waits for is synced.
final class HeldReply: Sendable {
    private let waiting: Mutex<Int>
    private let responder: Responder
    private let answer: [UInt8]

    init(_ answer: [UInt8], to responder: Responder, after entryCount: Int) {
        self.answer = answer
        self.responder = responder
        waiting = Mutex(entryCount)
    }

    func release() {
        let isLast = waiting.withLock { waiting in
            waiting -= 1
            return waiting == 0
        }
        if isLast { responder.respond(answer) }
    }

    /// One entry could not be taken, so the answer is never given.
    func refuse(_ reason: String) {
        let isFirst = waiting.withLock { waiting in
            defer { waiting = -1 }
            return waiting > 0
        }
        if isFirst { responder.refuse(reason) }
    }
}
