internal import NIOCore
internal import NIOHTTP1

/// Gathers the requests of one connection, one at a time, and writes their answers.
///
/// Behind NIO's pipelining handler, so a second request comes when the first is answered.
final class HTTPHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: @Sendable (HTTPRequest) async -> HTTPResponse
    private let bodyBytesMax: Int
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isAnswering = false

    init(
        bodyBytesMax: Int, answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
    ) {
        self.bodyBytesMax = bodyBytesMax
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
            if head.headers["expect"].contains(where: { $0.lowercased() == "100-continue" }) {
                let go = HTTPResponseHead(version: head.version, status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(go)), promise: nil)
            }
        case .body(let buffer):
            guard head != nil else { return }
            guard body.count + buffer.readableBytes <= bodyBytesMax else {
                head = nil
                let refusal = HTTPResponse.problem(
                    413, "A body may have \(bodyBytesMax) bytes.")
                return HTTPHandler.write(refusal, to: context.channel, keepAlive: false)
            }
            body += buffer.readableBytesView
        case .end:
            guard let head else { return }
            self.head = nil
            respond(to: head, on: context.channel, eventLoop: context.eventLoop)
        }
    }

    private func respond(
        to head: HTTPRequestHead, on channel: any Channel, eventLoop: any EventLoop
    ) {
        let request = HTTPRequest(
            method: head.method.rawValue, target: head.uri,
            headers: head.headers.map { ($0.name, $0.value) }, body: body)
        body = []
        isAnswering = true
        let keepAlive = head.isKeepAlive
        let answer = answer
        let done = NIOLoopBound(self, eventLoop: eventLoop)
        Task {
            let response = await answer(request)
            eventLoop.execute {
                done.value.isAnswering = false
                HTTPHandler.write(response, to: channel, keepAlive: keepAlive)
            }
        }
    }

    private static func write(
        _ response: HTTPResponse, to channel: any Channel, keepAlive: Bool
    ) {
        var headers = HTTPHeaders()
        headers.add(name: "content-type", value: response.mediaType)
        headers.add(name: "content-length", value: "\(response.body.count)")
        headers.add(name: "cache-control", value: "no-store")
        for (name, value) in response.headers { headers.add(name: name, value: value) }
        if !keepAlive { headers.add(name: "connection", value: "close") }
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: response.status),
            headers: headers)
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        channel.write(
            HTTPServerResponsePart.body(
                .byteBuffer(channel.allocator.buffer(bytes: response.body))), promise: nil)
        let written = channel.writeAndFlush(HTTPServerResponsePart.end(nil))
        if !keepAlive { written.whenComplete { _ in channel.close(promise: nil) } }
    }

    /// Closes a connection that has said nothing for long, unless its answer is under way.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        if !isAnswering { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
