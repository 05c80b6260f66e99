internal import NIOCore

/// How long a node waits for a peer that says nothing.
enum Patience {
    /// TLS and hellos must be done within so many seconds of the connection.
    static let helloSeconds = 10

    /// How long sent bytes may stay without an acknowledgement before the connection is given up.
    ///
    /// Statuses go out four times a second, so that a peer whose power failed is noticed by it.
    private static let unacknowledgedMilliseconds: Int = 15_000

    /// Linux's `TCP_USER_TIMEOUT`.
    static let userTimeout = ChannelOptions.Types.SocketOption(
        level: .tcp, name: NIOBSDSocket.Option(rawValue: 18))
    static let userTimeoutValue = unacknowledgedMilliseconds

    /// Closes the connection unless hellos have been exchanged in time.
    static func expectHello(
        on connection: Connection, isDone: @escaping @Sendable () -> Bool
    ) {
        let wait = TimeAmount.seconds(Int64(helloSeconds))
        connection.channel.eventLoop.scheduleTask(in: wait) { [weak connection] in
            guard !isDone() else { return }
            connection?.close(.timedOut(seconds: helloSeconds))
        }
    }
}
