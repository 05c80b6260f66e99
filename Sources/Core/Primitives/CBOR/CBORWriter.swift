/// Writes deterministic CBOR into a growing byte array.
///
/// The shortest head is always taken. The caller writes map keys in the bytewise order of their
/// encodings; ``CBORReader`` refuses anything else, so a slip shows in the first round trip.
///
/// Source: RFC 8949, section 4.2.1.
public struct CBORWriter: Sendable {
    /// What has been written so far.
    public private(set) var bytes: [UInt8] = []

    /// An empty writer with room for `capacity` bytes.
    public init(reservingCapacity capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    public mutating func unsigned(_ value: UInt64) {
        head(major: 0, value)
    }

    public mutating func integer(_ value: Int64) {
        if value < 0 {
            head(major: 1, UInt64(bitPattern: ~value))
        } else {
            head(major: 0, UInt64(value))
        }
    }

    public mutating func bytes(_ value: some Collection<UInt8>) {
        head(major: 2, UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    public mutating func digest(_ value: Digest) {
        head(major: 2, UInt64(Digest.byteCount))
        unsafe value.withBytes { unsafe bytes.append(contentsOf: $0) }
    }

    public mutating func text(_ value: String) {
        let utf8 = value.utf8
        head(major: 3, UInt64(utf8.count))
        bytes.append(contentsOf: utf8)
    }

    /// Opens an array; exactly `count` items must follow.
    public mutating func array(_ count: Int) {
        head(major: 4, UInt64(count))
    }

    /// Opens a map; exactly `count` pairs must follow, keys in bytewise order.
    public mutating func map(_ count: Int) {
        head(major: 5, UInt64(count))
    }

    public mutating func tag(_ number: UInt64) {
        head(major: 6, number)
    }

    public mutating func bool(_ value: Bool) {
        bytes.append(value ? 0xf5 : 0xf4)
    }

    public mutating func null() {
        bytes.append(0xf6)
    }

    /// Appends one item that is already deterministic CBOR: what was signed is not encoded again.
    public mutating func encoded(_ item: some Collection<UInt8>) {
        bytes.append(contentsOf: item)
    }

    private mutating func head(major: UInt8, _ value: UInt64) {
        let type = major << 5
        switch value {
        case 0..<24:
            bytes.append(type | UInt8(truncatingIfNeeded: value))
        case 24...0xff:
            bytes.append(type | 24)
            bytes.append(UInt8(truncatingIfNeeded: value))
        case 0x100...0xffff:
            bytes.append(type | 25)
            bigEndian(value, byteCount: 2)
        case 0x1_0000...0xffff_ffff:
            bytes.append(type | 26)
            bigEndian(value, byteCount: 4)
        default:
            bytes.append(type | 27)
            bigEndian(value, byteCount: 8)
        }
    }

    private mutating func bigEndian(_ value: UInt64, byteCount: Int) {
        for index in (0..<byteCount).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(index * 8)))
        }
    }
}
