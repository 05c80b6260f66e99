internal import Cryptography
internal import Primitives

/// Where the bytes of a value go: into an array that is stored, or into a leaf that is hashed.
protocol ByteSink: ~Copyable {
    mutating func append(_ byte: UInt8)
    mutating func append(contentsOf bytes: [UInt8])
    mutating func append(_ digest: Digest)
    mutating func append(bigEndian value: UInt64)
}

extension [UInt8]: ByteSink {}

/// The bytes of values, laid out in memory that is used again for the next ones.
///
/// Whole words are stored at once, and what is hashed lies together.
@safe struct ValueBuffer: ~Copyable, ByteSink {
    private var memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(capacity: Int = 4_096) {
        unsafe memory = .allocate(byteCount: max(capacity, 64), alignment: 8)
    }

    deinit {
        unsafe memory.deallocate()
    }

    mutating func append(_ byte: UInt8) {
        let start = advance(1)
        unsafe memory[start] = byte
    }

    mutating func append(contentsOf bytes: [UInt8]) {
        let start = advance(bytes.count)
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe UnsafeMutableRawBufferPointer(rebasing: memory[start..<count])
                .copyMemory(from: bytes)
        }
    }

    mutating func append(_ digest: Digest) {
        let start = advance(Digest.byteCount)
        let words = digest.words
        store(words.0, at: start)
        store(words.1, at: start + 8)
        store(words.2, at: start + 16)
        store(words.3, at: start + 24)
    }

    mutating func append(bigEndian value: UInt64) {
        store(value, at: advance(8))
    }

    /// The hashes of the leaves that lie at these places, in their order; the next begin.
    mutating func hashLeaves(at ranges: [Range<Int>]) -> [Digest] {
        defer { count = 0 }
        return unsafe SHA256.leaves(
            at: ranges, in: UnsafeRawBufferPointer(rebasing: memory[..<count]).bytes)
    }

    /// Lends what was appended since the last time; the next value begins.
    mutating func take(_ body: (UnsafeRawBufferPointer) -> Void) {
        defer { count = 0 }
        unsafe body(UnsafeRawBufferPointer(rebasing: memory[..<count]))
    }

    private func store(_ value: UInt64, at start: Int) {
        unsafe memory.storeBytes(of: value.bigEndian, toByteOffset: start, as: UInt64.self)
    }

    /// Makes room for so many bytes more, and says where they begin.
    private mutating func advance(_ byteCount: Int) -> Int {
        let start = count
        count += byteCount
        if unsafe memory.count < count { grow() }
        return start
    }

    private mutating func grow() {
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: 2 * count, alignment: 8)
        unsafe larger.copyMemory(from: UnsafeRawBufferPointer(memory))
        unsafe memory.deallocate()
        unsafe memory = larger
    }
}
