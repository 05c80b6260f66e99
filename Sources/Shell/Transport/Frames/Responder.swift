internal import Synchronization

/// Where the answer to one request goes.
public struct Responder: Sendable {
    private enum Way {
        case connection(Connection, id: UInt64)
        case caller(Caller)
    }

    private let way: Way

    /// How a refusal begins that may be none when the same is asked again later.
    public static let busyPrefix = "busy: "

    init(connection: Connection, id: UInt64) {
        way = .connection(connection, id: id)
    }

    /// A responder of somebody in this process, who hears once: the answer, or why there is none.
    ///
    /// Where nobody answers before the last copy is let go of, that is told, too.
    public init(
        _ hear: @escaping @Sendable (Result<ArraySlice<UInt8>, TransportError>) -> Void
    ) {
        way = .caller(Caller(hear))
    }

    /// Sends the last answer; without effect where the connection has ended.
    ///
    /// One that is too long for a frame becomes a refusal that says so.
    public func respond(_ body: [UInt8]) {
        switch way {
        case .caller(let caller): caller.tell(.success(body[...]))
        case .connection(let connection, let id):
            connection.answered(id)
            do throws(TransportError) {
                try connection.send(Frame.encode(.response, id: id, body), .urgent)
            } catch {
                if case .frameTooLong = error { refuse("the answer is too long: \(error)") }
            }
        }
    }

    /// Sends a partial answer, in order with the others and the last; false where the connection
    /// has ended or takes no more, and always to somebody in this process.
    public func emit(_ body: [UInt8]) -> Bool {
        guard case .connection(let connection, let id) = way else { return false }
        do throws(TransportError) {
            try connection.send(Frame.encode(.event, id: id, body), .urgent)
            return true
        } catch {
            return false
        }
    }

    /// Says why there is no answer.
    public func refuse(_ reason: String) {
        switch way {
        case .caller(let caller): caller.tell(.failure(.refused(reason)))
        case .connection(let connection, let id):
            connection.answered(id)
            try? connection.send(
                Frame.encode(.refusal, id: id, Array(reason.utf8.prefix(4096))), .urgent)
        }
    }

    /// Somebody in this process who waits for one answer.
    private final class Caller: Sendable {
        private typealias Hear = @Sendable (Result<ArraySlice<UInt8>, TransportError>) -> Void
        private let hear: Mutex<Hear?>

        init(
            _ hear: @escaping @Sendable (Result<ArraySlice<UInt8>, TransportError>) -> Void
        ) {
            self.hear = Mutex(hear)
        }

        func tell(_ answer: Result<ArraySlice<UInt8>, TransportError>) {
            let hear = hear.withLock { hear in
                defer { hear = nil }
                return hear
            }
            hear?(answer)
        }

        deinit {
            tell(.failure(.closed(detail: "the node has ended")))
        }
    }
}
