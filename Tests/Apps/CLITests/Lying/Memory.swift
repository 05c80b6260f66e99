internal import Node
internal import Synchronization

@testable import custos

/// What a server has heard a node answer, to say it again when it is true no more.
final class Memory: Sendable {
    private let answers = Mutex<[[UInt8]: [UInt8]]>([:])

    /// A server that hands everything on as it is, and remembers it.
    var hearing: Lie {
        Lie(
            name: "no lie, but remembered",
            answer: { request, bytes in
                self.answers.withLock { $0[request.encoded] = bytes }
                return bytes
            })
    }

    /// A server that says again what it has heard, and asks only what it has not: where `isSaid`
    /// holds of the question.
    func saying(
        _ name: String, words: [String] = [],
        where isSaid: @escaping @Sendable (ControlRequest) -> Bool = { _ in true }
    ) -> Lie {
        Lie(
            name: name, words: words,
            invention: { request in
                isSaid(request) ? self.answers.withLock { $0[request.encoded] } : nil
            })
    }
}
