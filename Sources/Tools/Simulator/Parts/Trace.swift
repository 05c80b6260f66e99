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
        buffer.append(bigEndian: UInt64(bitPattern: time))
        buffer.append(UInt8(truncatingIfNeeded: node))
        buffer.append(bigEndian: detail)
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
///
/// Eight bytes at a time; each step can be undone, so that a change of one word always shows.
enum Checksum {
    static func of(_ bytes: [UInt8], key: UInt64 = 0) -> UInt64 {
        var sum = 0xcbf2_9ce4_8422_2325 ^ key ^ UInt64(bytes.count) << 32
        func add(_ word: UInt64) {
            sum = (sum ^ word) &* 0x9e37_79b9_7f4a_7c15
            sum ^= sum >> 29
        }
        unsafe bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset + 8 <= buffer.count {
                add(
                    UInt64(
                        littleEndian: unsafe buffer.loadUnaligned(
                            fromByteOffset: offset, as: UInt64.self)))
                offset += 8
            }
            while offset < buffer.count {
                add(UInt64(unsafe buffer[offset]))
                offset += 1
            }
        }
        return sum
    }
}

extension [UInt8] {
    mutating func append(_ digest: Digest) {
        append(contentsOf: digest.bytes)
    }
}
