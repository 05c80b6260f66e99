internal import Cryptography
internal import Primitives

/// Everything that happens, folded into one digest: two runs that differ anywhere differ here.
struct Trace {
    private var chain = Digest.zero
    private var buffer: [UInt8] = []
    /// How many things were noted.
    private(set) var count: UInt64 = 0

    mutating func note(_ kind: UInt8, _ time: Int64, _ node: Int, _ detail: UInt64 = 0) {
        count += 1
        buffer.append(kind)
        buffer.appendBigEndian(UInt64(bitPattern: time))
        buffer.append(UInt8(truncatingIfNeeded: node))
        buffer.appendBigEndian(detail)
        if buffer.count > 65_536 { fold() }
    }

    mutating func note(_ digest: Digest) {
        buffer.append(digest)
    }

    var digest: Digest {
        var copy = self
        copy.fold()
        return copy.chain
    }

    private mutating func fold() {
        chain = SHA256.hash(chain.bytes + buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}

/// A quick sum over bytes, as a disk or a wire keeps one: it finds accidents, not forgers.
enum Checksum {
    static func of(_ bytes: [UInt8], key: UInt64 = 0) -> UInt64 {
        var sum = 0xcbf2_9ce4_8422_2325 ^ key
        for byte in bytes { sum = (sum ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return sum
    }
}

extension [UInt8] {
    /// Appends the number, its high bytes first.
    mutating func appendBigEndian(_ value: UInt64) {
        for shift in stride(from: 56, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }

    mutating func append(_ digest: Digest) {
        append(contentsOf: digest.bytes)
    }
}
