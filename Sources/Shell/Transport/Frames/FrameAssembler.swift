internal import NIOCore

/// Cuts a stream of bytes into frames, copying each byte once.
///
/// A length is believed only as far as bytes have come: room is made as they arrive, at most twice
/// what is there, so that a peer cannot make a node reserve memory by announcing a long frame.
struct FrameAssembler {
    private let frameBytesMax: Int
    private var length: [UInt8] = []
    private var expected: Int?
    private var bytes: [UInt8] = []

    init(frameBytesMax: Int = Frame.frameBytesMax) {
        self.frameBytesMax = frameBytesMax
    }

    /// Takes what came in, and calls `body` with the bytes behind the length of each whole frame.
    mutating func feed(
        _ buffer: inout ByteBuffer, _ body: ([UInt8]) throws(TransportError) -> Void
    ) throws(TransportError) {
        while buffer.readableBytes > 0 {
            guard let wanted = try expectedLength(&buffer) else { return }
            let take = min(wanted - bytes.count, buffer.readableBytes)
            if bytes.isEmpty { bytes.reserveCapacity(min(wanted, max(take, 64 << 10))) }
            bytes.append(contentsOf: buffer.readableBytesView.prefix(take))
            buffer.moveReaderIndex(forwardBy: take)
            guard bytes.count == wanted else { return }
            let frame = bytes
            bytes = []
            expected = nil
            try body(frame)
        }
    }

    private mutating func expectedLength(
        _ buffer: inout ByteBuffer
    ) throws(TransportError) -> Int? {
        if let expected { return expected }
        while length.count < 4, let byte = buffer.readInteger(as: UInt8.self) {
            length.append(byte)
        }
        guard length.count == 4 else { return nil }
        let count = length.reduce(0) { $0 << 8 | Int($1) }
        length.removeAll(keepingCapacity: true)
        guard count > 0 else { throw .malformed("an empty frame") }
        guard count <= frameBytesMax else {
            throw .frameTooLong(byteCount: count, limit: frameBytesMax)
        }
        expected = count
        return count
    }
}
