internal import COpenSSL
public import Primitives

/// SHA-256 over bytes, and over the leaves and nodes of a hash tree, without an allocation.
///
/// OpenSSL's low-level calls are used, not EVP: on the short inputs of a Merkle tree EVP spends
/// more time on finding the algorithm than on hashing. They are deprecated, hence all in this file
/// and tested against EVP.
///
/// Source: FIPS 180-4; RFC 9162, section 2.1.1, for ``leaf(_:)-([UInt8])`` and ``node(_:_:)``.
public enum SHA256 {
    public static func hash(_ bytes: [UInt8]) -> Digest {
        unsafe hash(bytes.span.bytes)
    }

    public static func hash(_ bytes: ArraySlice<UInt8>) -> Digest {
        unsafe hash(bytes.span.bytes)
    }

    public static func hash(_ bytes: RawSpan) -> Digest {
        var hasher = Hasher()
        hasher.update(bytes)
        return hasher.finish()
    }

    /// The hash of a tree's leaf: H(0x00 ‖ `bytes`).
    public static func leaf(_ bytes: [UInt8]) -> Digest {
        unsafe leaf(bytes.span.bytes)
    }

    /// The hash of a tree's leaf: H(0x00 ‖ `bytes`).
    public static func leaf(_ bytes: ArraySlice<UInt8>) -> Digest {
        unsafe leaf(bytes.span.bytes)
    }

    /// The hash of a tree's leaf: H(0x00 ‖ `bytes`).
    public static func leaf(_ bytes: RawSpan) -> Digest {
        var hasher = Hasher()
        hasher.update(byte: 0)
        hasher.update(bytes)
        return hasher.finish()
    }

    /// The hash of a tree's inner node: H(0x01 ‖ `left` ‖ `right`).
    ///
    /// The 65 bytes and their padding always fill two blocks, so both are laid out at once and
    /// compressed without buffering.
    public static func node(_ left: Digest, _ right: Digest) -> Digest {
        let (a, b) = (left.words, right.words)
        let first = Block(
            1 << 56 | a.0 >> 8, a.0 << 56 | a.1 >> 8, a.1 << 56 | a.2 >> 8, a.2 << 56 | a.3 >> 8,
            a.3 << 56 | b.0 >> 8, b.0 << 56 | b.1 >> 8, b.1 << 56 | b.2 >> 8, b.2 << 56 | b.3 >> 8)
        // The last byte, the bit that ends every message, and the length in bits.
        let second = Block(b.3 << 56 | 0x80 << 48, 0, 0, 0, 0, 0, 0, 65 * 8)
        var context = SHA256_CTX()
        unsafe SHA256_Init(&context)
        first.compress(into: &context)
        second.compress(into: &context)
        let h = context.h
        return Digest(
            words: (
                joined(h.0, h.1), joined(h.2, h.3), joined(h.4, h.5), joined(h.6, h.7)
            ))
    }

    /// Hashes bytes that come in pieces.
    ///
    /// A value: a copy remembers the prefix, and ``finish()`` leaves it as it was.
    public struct Hasher: Sendable {
        private var context = SHA256_CTX()

        public init() {
            unsafe SHA256_Init(&context)
        }

        public mutating func update(_ bytes: [UInt8]) {
            unsafe update(bytes.span.bytes)
        }

        public mutating func update(_ bytes: ArraySlice<UInt8>) {
            unsafe update(bytes.span.bytes)
        }

        public mutating func update(_ bytes: RawSpan) {
            unsafe bytes.withUnsafeBytes { buffer in
                _ = unsafe SHA256_Update(&context, buffer.baseAddress, buffer.count)
            }
        }

        public mutating func update(_ digest: Digest) {
            unsafe digest.withBytes { buffer in
                _ = unsafe SHA256_Update(&context, buffer.baseAddress, buffer.count)
            }
        }

        public mutating func update(byte: UInt8) {
            var byte = byte
            unsafe SHA256_Update(&context, &byte, 1)
        }

        /// Adds the UTF-8 of a text, such as the name of what is hashed.
        public mutating func update(_ text: String) {
            var text = text
            text.withUTF8 { buffer in
                _ = unsafe SHA256_Update(&context, buffer.baseAddress, buffer.count)
            }
        }

        /// The hash of all bytes so far.
        public func finish() -> Digest {
            var copy = context
            var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
            unsafe withUnsafeMutableBytes(of: &words) { buffer in
                let output = unsafe buffer.assumingMemoryBound(to: UInt8.self)
                _ = unsafe SHA256_Final(output.baseAddress, &copy)
            }
            return Digest(
                words: (
                    words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian
                ))
        }
    }

    private static func joined(_ high: UInt32, _ low: UInt32) -> UInt64 {
        UInt64(high) << 32 | UInt64(low)
    }

    /// One block of 64 bytes, as it lies in memory.
    private struct Block {
        private let words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

        init(
            _ w0: UInt64, _ w1: UInt64, _ w2: UInt64, _ w3: UInt64,
            _ w4: UInt64, _ w5: UInt64, _ w6: UInt64, _ w7: UInt64
        ) {
            words = (
                w0.bigEndian, w1.bigEndian, w2.bigEndian, w3.bigEndian,
                w4.bigEndian, w5.bigEndian, w6.bigEndian, w7.bigEndian
            )
        }

        func compress(into context: inout SHA256_CTX) {
            unsafe withUnsafeBytes(of: words) { buffer in
                let block = unsafe buffer.assumingMemoryBound(to: UInt8.self)
                unsafe SHA256_Transform(&context, block.baseAddress)
            }
        }
    }
}
