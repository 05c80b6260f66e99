internal import NIOCore
internal import NIOPosix

/// A command's side of the node's control socket; many requests may be under way at once.
public final class ControlClient: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let connection: Connection

    /// Connects to the socket at `path`.
    ///
    /// - Throws: ``TransportError/address(_:detail:)`` where no node listens there.
    public init(path: String) async throws(TransportError) {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            connection = try await ClientBootstrap(group: group)
                .connect(unixDomainSocketPath: path) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let connection = Connection(
                            channel: channel, handlers: Connection.Handlers())
                        try channel.pipeline.syncOperations.addHandler(FrameHandler(connection))
                        return connection
                    }
                }
        } catch {
            try? await group.shutdownGracefully()
            throw .address(path, detail: "no node listens there (\(error))")
        }
        self.group = group
    }

    /// Asks, and waits for the one answer.
    ///
    /// - Throws: ``TransportError/refused(_:)`` with the node's reason, or why no answer came.
    public func request(_ body: [UInt8]) async throws(TransportError) -> ArraySlice<UInt8> {
        let result: Result<ArraySlice<UInt8>, TransportError> = await withCheckedContinuation {
            continuation in
            connection.request(body, .urgent) { result, isLast in
                if isLast { continuation.resume(returning: result) }
            }
        }
        return try result.get()
    }

    /// Asks, and hands out every partial answer and the last one as they come.
    public func stream(_ body: [UInt8]) -> AsyncThrowingStream<ArraySlice<UInt8>, any Error> {
        AsyncThrowingStream { continuation in
            connection.request(body, .urgent) { result, isLast in
                switch result {
                case .success(let bytes): continuation.yield(bytes)
                case .failure(let error): return continuation.finish(throwing: error)
                }
                if isLast { continuation.finish() }
            }
        }
    }

    /// Asks, and calls `answer` on the client's thread: for load that must not wait.
    public func request(
        _ body: [UInt8],
        answer: @escaping @Sendable (Result<ArraySlice<UInt8>, TransportError>) -> Void
    ) {
        connection.request(body, .bulk) { result, isLast in
            if isLast { answer(result) }
        }
    }

    public func close() async {
        connection.close()
        try? await group.shutdownGracefully()
    }
}
