internal import CSecp256k1
public import Primitives

/// An ECDSA signature on secp256k1: r ‖ s, each 32 bytes, big-endian.
///
/// Any 64 bytes are a value of this type; ``PublicKey/isValid(_:for:lowSRequired:)`` judges them.
public struct Signature: Hashable, Sendable {
    private let r: Scalar
    private let s: Scalar

    /// How many bytes every signature has.
    public static let byteCount = 64

    /// The signature with these bytes.
    ///
    /// - Throws: ``CryptographyError/length(of:bytes:expected:)`` unless there are exactly 64.
    public init(_ bytes: [UInt8]) throws(CryptographyError) {
        try self.init(bytes[...])
    }

    /// The signature with these bytes.
    ///
    /// - Throws: ``CryptographyError/length(of:bytes:expected:)`` unless there are exactly 64.
    public init(_ bytes: ArraySlice<UInt8>) throws(CryptographyError) {
        guard bytes.count == Signature.byteCount, let r = Scalar(bytes.prefix(32)),
            let s = Scalar(bytes.suffix(32))
        else {
            throw .length(of: "a signature", bytes: bytes.count, expected: Signature.byteCount)
        }
        self.r = r
        self.s = s
    }

    /// The 64 bytes, in order.
    public var bytes: [UInt8] { r.bytes + s.bytes }

    /// True where s is at most half the order: of a signature and its mirror image, one is so.
    public var isLowS: Bool { s <= Scalar.halfOrder }

    /// The library's form, or nil where r or s is not below the order.
    var parsed: secp256k1_ecdsa_signature? {
        var parsed = secp256k1_ecdsa_signature()
        let compact = (r.inMemory, s.inMemory)
        let isParsed = unsafe withUnsafeBytes(of: compact) { buffer in
            let input = unsafe buffer.assumingMemoryBound(to: UInt8.self)
            guard let start = input.baseAddress else { return false }
            return unsafe secp256k1_ecdsa_signature_parse_compact(
                Curve.context, &parsed, start) == 1
        }
        return isParsed ? parsed : nil
    }

    init(_ parsed: secp256k1_ecdsa_signature) {
        var source = parsed
        var compact = (Scalar.zero.inMemory, Scalar.zero.inMemory)
        unsafe withUnsafeMutableBytes(of: &compact) { buffer in
            let output = unsafe buffer.assumingMemoryBound(to: UInt8.self)
            guard let start = output.baseAddress else { return }
            _ = unsafe secp256k1_ecdsa_signature_serialize_compact(Curve.context, start, &source)
        }
        self.r = Scalar(inMemory: compact.0)
        self.s = Scalar(inMemory: compact.1)
    }
}

extension Signature: CustomStringConvertible {
    public var description: String { bytes.hex }
}

extension CBORWriter {
    public mutating func signature(_ signature: Signature) {
        bytes(signature.bytes)
    }
}

extension CBORReader {
    public mutating func signature() throws(CBORError) -> Signature {
        let start = offset
        let bytes = try bytes(exactly: Signature.byteCount)
        guard let signature = try? Signature(bytes) else { throw .truncated(offset: start) }
        return signature
    }
}
