internal import Primitives
internal import Synchronization

@testable import Transport

/// What came in, and from whom.
struct Heard: Equatable, Sendable {
    let from: InstitutionID
    let body: [UInt8]
}

/// A network with a memory of what happened; answers a request with its bytes twice.
struct TestNode {
    let network: Network
    let port: Int
    let events = Recorder<NetworkEvent>()
    let messages = Recorder<Heard>()

    init(
        ledger: LedgerID, identity: TLSIdentity, book: PeerBook, port: Int = 0,
        newest: ProtocolVersion = .newest
    ) async throws {
        let (events, messages) = (events, messages)
        network = try Network(
            ledger: ledger, identity: identity, book: book,
            inbox: Network.Inbox(
                message: { from, message in
                    messages.record(Heard(from: from, body: Array(message.body)))
                },
                request: { _, request, responder in
                    if request.body.isEmpty {
                        responder.refuse("nothing was asked")
                    } else {
                        responder.respond(Array(request.body + request.body))
                    }
                }), newest: newest,
            report: { events.record($0) })
        do {
            self.port = try await network.listen(host: "127.0.0.1", port: port)
        } catch {
            await network.stop()
            throw error
        }
    }
}

/// Values in the order in which they came, to be waited for.
final class Recorder<Value: Sendable>: Sendable {
    private struct State {
        var values: [Value] = []
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func record(_ value: Value) {
        state.withLock { $0.values.append(value) }
        wake()
    }

    /// Takes values, waiting for them, until one is as wanted; one caller at a time.
    @discardableResult
    func first(where isWanted: (Value) -> Bool) async -> Value? {
        while true {
            let next = state.withLock { $0.values.isEmpty ? nil : $0.values.removeFirst() }
            if let next {
                if isWanted(next) { return next }
                continue
            }
            if Task.isCancelled { return nil }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isReady = state.withLock { state in
                        guard state.values.isEmpty else { return true }
                        state.waiting = continuation
                        return false
                    }
                    if isReady { continuation.resume() }
                }
            } onCancel: {
                wake()
            }
        }
    }

    private func wake() {
        let waiting = state.withLock { state in
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }
}
