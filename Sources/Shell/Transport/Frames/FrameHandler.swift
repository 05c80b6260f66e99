internal import NIOCore
internal import NIOSSL

/// The last handler of every channel: bytes in, frames to the connection.
///
/// It belongs to one event loop, and NIO calls it there only.
final class FrameHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connection: Connection
    private var assembler = FrameAssembler()

    init(_ connection: Connection) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        do throws(TransportError) {
            try assembler.feed(&buffer) { (frame) throws(TransportError) in
                try connection.received(frame)
            }
        } catch {
            connection.close(error)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        connection.drain()
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.noteClosed(nil)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        connection.close(TransportError(error))
    }
}

extension TransportError {
    /// What an error of NIO or of its TLS means here.
    init(_ error: any Error) {
        switch error {
        case let error as TransportError: self = error
        case let error as NIOSSLError:
            self = .handshake(detail: String(describing: error))
        case let error as BoringSSLError:
            self = .handshake(detail: String(describing: error))
        case let error as IOError: self = .closed(detail: error.description)
        case let error as ChannelError: self = .closed(detail: error.description)
        default: self = .closed(detail: String(describing: error))
        }
    }
}
