internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// The node's door for its operator: requests over a Unix-domain socket that only the owner opens.
///
/// The frames are those between nodes, without TLS and without a hello. Requests of one connection
/// are answered in any order, each under its number.
public final class ControlServer: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel = Mutex<(any Channel)?>(nil)
    private let path: String
    private let openRequestsMax: Int
    private let request: @Sendable (InboundMessage, Responder) -> Void

    /// The longest path that a Unix-domain socket takes on Linux, in bytes.
    public static let pathBytesMax = 107

    /// A server that is not yet listening; `request` is called on its thread and must not block.
    ///
    /// A client that has more than `openRequestsMax` requests without an answer is refused further
    /// ones, as busy.
    public init(
        path: String, openRequestsMax: Int = 4_096,
        request: @escaping @Sendable (InboundMessage, Responder) -> Void
    ) {
        self.path = path
        self.openRequestsMax = openRequestsMax
        self.request = request
    }

    /// Listens on the socket, taking the place of one that was left there.
    ///
    /// The caller holds the data directory, so that a socket left there is nobody's.
    public func start() async throws(TransportError) {
        guard path.utf8.count <= ControlServer.pathBytesMax else {
            throw .address(
                path,
                detail: "a socket's path may have \(ControlServer.pathBytesMax) bytes; "
                    + "choose a shorter data directory")
        }
        let handlers = Connection.Handlers(request: request)
        let limit = openRequestsMax
        do {
            let channel = try await ServerBootstrap(group: group)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let connection = Connection(
                            channel: channel, handlers: handlers, openRequestsMax: limit)
                        try channel.pipeline.syncOperations.addHandler(FrameHandler(connection))
                    }
                }
                .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
            self.channel.withLock { $0 = channel }
        } catch {
            throw TransportError(listening: error, on: path)
        }
        guard unsafe chmod(path, 0o600) == 0 else {
            throw .address(path, detail: "its mode cannot be set to 0600")
        }
    }

    public func stop() async {
        let channel = channel.withLock { $0 }
        try? await channel?.close()
        try? await group.shutdownGracefully()
        unsafe _ = unlink(path)
    }
}
