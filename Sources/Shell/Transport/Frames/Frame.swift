internal import NIOCore

/// One frame: what it is, which request it belongs to, and its bytes.
///
/// Bytes: `docs/formats/wire.md`, section "Frames".
struct Frame: Equatable, Sendable {
    /// What a frame is.
    enum Kind: UInt8, Sendable, CaseIterable {
        /// Who speaks; the first frame in each direction between nodes.
        case hello = 0
        /// Something that asks for no answer.
        case message = 1
        /// Something that asks for an answer under the same id.
        case request = 2
        /// The one answer to a request.
        case response = 3
        /// Why there is no answer to a request: text in UTF-8.
        case refusal = 4
        /// One of many partial answers to a request, before its response.
        case event = 5

        var hasID: Bool {
            switch self {
            case .hello, .message: false
            case .request, .response, .refusal, .event: true
            }
        }
    }

    let kind: Kind
    /// The request's number on its connection; 0 where the kind has none.
    let id: UInt64
    let body: ArraySlice<UInt8>

    /// The longest frame body, in bytes, head of the frame not counted.
    static let bodyBytesMax = 16 << 20

    /// The greatest length that may stand before a frame: kind, id and body.
    static let frameBytesMax = bodyBytesMax + 9

    /// The frame with its length in front, ready to be written.
    static func encode(_ kind: Kind, id: UInt64 = 0, _ body: [UInt8]) -> ByteBuffer {
        encode(kind, id: id, body[...])
    }

    static func encode(_ kind: Kind, id: UInt64 = 0, _ body: ArraySlice<UInt8>) -> ByteBuffer {
        let headBytes = kind.hasID ? 9 : 1
        var buffer = ByteBufferAllocator().buffer(capacity: 4 + headBytes + body.count)
        buffer.writeInteger(UInt32(headBytes + body.count))
        buffer.writeInteger(kind.rawValue)
        if kind.hasID { buffer.writeInteger(id) }
        buffer.writeBytes(body)
        return buffer
    }

    /// Reads what stands behind the length.
    init(_ bytes: [UInt8]) throws(TransportError) {
        guard let first = bytes.first else { throw .malformed("an empty frame") }
        guard let kind = Kind(rawValue: first) else {
            throw .malformed("frame of kind \(first)")
        }
        self.kind = kind
        guard kind.hasID else {
            id = 0
            body = bytes[1...]
            return
        }
        guard bytes.count >= 9 else { throw .malformed("a \(kind) without its number") }
        id = bytes[1..<9].reduce(0) { $0 << 8 | UInt64($1) }
        body = bytes[9...]
    }
}
