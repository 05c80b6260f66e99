/// Sixteen bytes that name a patient in an epoch, a practitioner, a claim or a prescription.
///
/// They come from keyed functions (``docs/formats/entry.md``), never from a hash of an identifier.
public struct OpaqueID: Hashable, Sendable {
    /// The first eight bytes, big-endian.
    private let high: UInt64
    /// The last eight bytes.
    private let low: UInt64

    /// The bytes as two big-endian words: what tables find the id by.
    public var words: (UInt64, UInt64) { (high, low) }

    /// How many bytes every opaque id has.
    public static let byteCount = 16

    /// The id with these bytes, or nil unless there are exactly 16.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == OpaqueID.byteCount else { return nil }
        self.high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        self.low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The id made of the first 16 bytes of a digest.
    public init(prefixOf digest: Digest) {
        let (high, low) = unsafe digest.withBytes { buffer in
            unsafe (
                UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        self.high = high
        self.low = low
    }

    /// The id written as 32 hexadecimal digits, or nil where the text is anything else.
    public init?(hex: String) {
        guard let bytes = [UInt8](hex: hex) else { return nil }
        self.init(bytes)
    }

    /// The 16 bytes, in order.
    public var bytes: [UInt8] {
        (0..<OpaqueID.byteCount).map { index in
            let word = index < 8 ? high : low
            return UInt8(truncatingIfNeeded: word >> UInt64((7 - index % 8) * 8))
        }
    }
}

extension OpaqueID: Comparable {
    public static func < (left: OpaqueID, right: OpaqueID) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}

extension OpaqueID: CustomStringConvertible {
    public var description: String { bytes.hex }
}

extension CBORReader {
    /// A byte string of exactly 16 bytes.
    public mutating func opaqueID() throws(CBORError) -> OpaqueID {
        let start = offset
        guard let id = OpaqueID(try bytes(exactly: OpaqueID.byteCount)) else {
            throw .truncated(offset: start)
        }
        return id
    }
}
