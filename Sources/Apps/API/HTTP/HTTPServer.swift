internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization
public import Transport

/// A small HTTP/1.1 server over NIO: bounded bodies, bounded silence, one answer at a time.
public final class HTTPServer: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel = Mutex<(any Channel)?>(nil)
    private let answer: @Sendable (HTTPRequest) async -> HTTPResponse
    private let door: Doorkeeper

    /// The longest body of a request, in bytes.
    public static let bodyBytesMax = 4 << 20
    /// After how much silence a connection is closed, in seconds.
    private static let idleSeconds: Int64 = 60
    /// How many connections wait to be taken.
    private static let backlog: Int32 = 256

    /// A server that has so many connections at most; a quarter of what the process may open where
    /// nothing is said.
    public init(
        connectionsMax: Int = Doorkeeper.descriptors(oneIn: 4),
        _ answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
    ) {
        door = Doorkeeper(most: connectionsMax)
        self.answer = answer
    }

    /// Listens, and returns the port: that asked for, or a free one for 0.
    ///
    /// - Throws: ``TransportError``, with `addressInUse` among its cases.
    public func start(host: String, port: Int) async throws(TransportError) -> Int {
        let (answer, door) = (answer, door)
        do {
            let channel = try await ServerBootstrap(group: group)
                .serverChannelOption(ChannelOptions.backlog, value: HTTPServer.backlog)
                .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
                .childChannelInitializer { channel in
                    guard door.admit(channel) != nil else {
                        return channel.eventLoop.makeFailedFuture(
                            TransportError.closed(detail: "too many connections"))
                    }
                    return channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
                        try pipeline.addHandler(
                            IdleStateHandler(readTimeout: .seconds(HTTPServer.idleSeconds)))
                        try pipeline.addHandler(
                            HTTPHandler(
                                bodyBytesMax: HTTPServer.bodyBytesMax, answer: answer))
                    }
                }
                .bind(host: host, port: port).get()
            self.channel.withLock { $0 = channel }
            return channel.localAddress?.port ?? port
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw .addressInUse("\(host):\(port)")
        } catch {
            throw .address("\(host):\(port)", detail: "\(error)")
        }
    }

    public func stop() async {
        let channel = channel.withLock { $0 }
        try? await channel?.close()
        try? await group.shutdownGracefully()
    }
}
