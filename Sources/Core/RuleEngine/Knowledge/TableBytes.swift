internal import Cryptography
internal import Primitives

/// Bytes that stay where they are and as they are while somebody reads them: those of a table, in
/// memory or in a file that is mapped.
@safe public struct TableBytes: @unchecked Sendable {
    // Sendable, since nobody writes to the bytes and the owner keeps them in place.
    private let buffer: UnsafeRawBufferPointer
    private let owner: any AnyObject & Sendable

    /// Bytes that `owner` holds, unchanged and in place, as long as it lives.
    @unsafe public init(_ bytes: UnsafeRawBufferPointer, heldBy owner: any AnyObject & Sendable) {
        unsafe buffer = bytes
        self.owner = owner
    }

    /// A copy of these bytes.
    public init(_ bytes: [UInt8]) {
        let room = Room(byteCount: bytes.count)
        unsafe room.buffer.copyBytes(from: bytes)
        let filled = unsafe UnsafeRawBufferPointer(rebasing: room.buffer[..<bytes.count])
        unsafe self.init(filled, heldBy: room)
    }

    public var count: Int { unsafe buffer.count }

    subscript(place: Int) -> UInt8 {
        precondition(place >= 0 && place < count, "a byte of the table")
        return withExtendedLifetime(owner) { unsafe buffer[place] }
    }

    /// The bytes of a range, in an array of their own.
    public func copy(_ range: Range<Int>) -> [UInt8] {
        check(range)
        return withExtendedLifetime(owner) { unsafe [UInt8](buffer[range]) }
    }

    /// Four bytes from a place on, the least significant first.
    func half(at place: Int) -> UInt32 {
        check(place..<place + 4)
        return withExtendedLifetime(owner) {
            let bits = unsafe buffer.loadUnaligned(fromByteOffset: place, as: UInt32.self)
            return UInt32(littleEndian: bits)
        }
    }

    /// Eight bytes from a place on, the least significant first.
    func word(at place: Int) -> UInt64 {
        check(place..<place + 8)
        return withExtendedLifetime(owner) {
            let bits = unsafe buffer.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            return UInt64(littleEndian: bits)
        }
    }

    /// Whether these bytes stand at a place.
    func begins(at place: Int, with prefix: [UInt8]) -> Bool {
        guard place >= 0, count - place >= prefix.count else { return false }
        return withExtendedLifetime(owner) {
            for offset in prefix.indices
            where unsafe buffer[place + offset] != prefix[offset] { return false }
            return true
        }
    }

    /// Whether the bytes of two ranges are the same.
    func areSame(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        check(left)
        check(right)
        guard left.count == right.count else { return false }
        return withExtendedLifetime(owner) {
            for offset in 0..<left.count
            where unsafe buffer[left.lowerBound + offset] != buffer[right.lowerBound + offset] {
                return false
            }
            return true
        }
    }

    /// Whether the bytes of one range stand before those of another in their order.
    func precedes(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        check(left)
        check(right)
        return withExtendedLifetime(owner) {
            for offset in 0..<min(left.count, right.count) {
                let (first, second) = unsafe (
                    buffer[left.lowerBound + offset], buffer[right.lowerBound + offset]
                )
                if first != second { return first < second }
            }
            return left.count < right.count
        }
    }

    /// The hash of the bytes of a range as a leaf of a tree.
    func leaf(_ range: Range<Int>) -> Digest {
        check(range)
        return withExtendedLifetime(owner) {
            unsafe SHA256.leaf(UnsafeRawBufferPointer(rebasing: buffer[range]).bytes)
        }
    }

    /// The SHA-256 of the bytes of a range.
    func hash(_ range: Range<Int>) -> Digest {
        check(range)
        return withExtendedLifetime(owner) {
            unsafe SHA256.hash(UnsafeRawBufferPointer(rebasing: buffer[range]).bytes)
        }
    }

    private func check(_ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes of the table")
    }
}

/// Memory of a fixed size, given back with its owner.
@safe private final class Room: @unchecked Sendable {
    // Written before it is shared.
    let buffer: UnsafeMutableRawBufferPointer

    init(byteCount: Int) {
        unsafe buffer = .allocate(byteCount: max(byteCount, 1), alignment: 8)
    }

    deinit { unsafe buffer.deallocate() }
}
