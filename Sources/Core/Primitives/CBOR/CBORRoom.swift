/// Writes deterministic CBOR into room whose size was worked out beforehand.
///
/// A head is one or two stores and a byte string one copy, where ``CBORWriter`` looks after each
/// byte whether its array must grow.
@safe public struct CBORRoom: ~Copyable {
    private let memory: UnsafeMutableRawBufferPointer
    private var count = 0

    fileprivate init(_ memory: UnsafeMutableRawBufferPointer) {
        unsafe self.memory = memory
    }

    /// How many bytes the head takes that an integer has, or whose argument it is.
    public static func headByteCount(_ value: UInt64) -> Int {
        switch value {
        case 0..<24: 1
        case 24...0xff: 2
        case 0x100...0xffff: 3
        case 0x1_0000...0xffff_ffff: 5
        default: 9
        }
    }

    /// How many bytes the head takes of a byte string of so many bytes.
    public static func headByteCount(_ byteCount: Int) -> Int {
        headByteCount(UInt64(byteCount))
    }

    public mutating func unsigned(_ value: UInt64) {
        head(major: 0, value)
    }

    /// Opens a byte string; exactly `count` bytes must follow.
    public mutating func openBytes(_ count: Int) {
        head(major: 2, UInt64(count))
    }

    public mutating func bytes(_ value: RawSpan) {
        openBytes(value.byteCount)
        encoded(value)
    }

    /// Opens an array; exactly `count` items must follow.
    public mutating func array(_ count: Int) {
        head(major: 4, UInt64(count))
    }

    /// Copies what is encoded already, or the bytes of a string that was opened.
    public mutating func encoded(_ bytes: RawSpan) {
        let start = advance(bytes.byteCount)
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe UnsafeMutableRawBufferPointer(rebasing: memory[start..<count])
                .copyMemory(from: bytes)
        }
    }

    @inline(__always)
    private mutating func head(major: UInt8, _ value: UInt64) {
        let type = major << 5
        switch value {
        case 0..<24:
            store(type | UInt8(truncatingIfNeeded: value))
        case 24...0xff:
            store(type | 24)
            store(UInt8(truncatingIfNeeded: value))
        case 0x100...0xffff:
            store(type | 25)
            store(UInt16(truncatingIfNeeded: value))
        case 0x1_0000...0xffff_ffff:
            store(type | 26)
            store(UInt32(truncatingIfNeeded: value))
        default:
            store(type | 27)
            store(value)
        }
    }

    @inline(__always)
    private mutating func store<Word: FixedWidthInteger & BitwiseCopyable>(_ word: Word) {
        let start = advance(MemoryLayout<Word>.size)
        unsafe memory.storeBytes(of: word.bigEndian, toByteOffset: start, as: Word.self)
    }

    /// Takes so many bytes of the room, and says where they begin.
    @inline(__always)
    private mutating func advance(_ byteCount: Int) -> Int {
        let start = count
        count += byteCount
        unsafe precondition(count <= memory.count, "more was written than was measured")
        return start
    }

    fileprivate var writtenCount: Int { count }
}

extension [UInt8] {
    /// Writes into the first `byteCount` bytes, and makes room for them where there is too little.
    public mutating func overwrite(cborByteCount byteCount: Int, _ write: (inout CBORRoom) -> Void)
    {
        if count < byteCount { append(contentsOf: repeatElement(0, count: byteCount - count)) }
        unsafe withUnsafeMutableBytes { bytes in
            var room = unsafe CBORRoom(
                UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(byteCount)))
            write(&room)
        }
    }

    /// What `write` puts into room of `byteCount` bytes.
    public init(cborByteCount byteCount: Int, _ write: (inout CBORRoom) -> Void) {
        unsafe self.init(unsafeUninitializedCapacity: byteCount) { buffer, count in
            var room = unsafe CBORRoom(UnsafeMutableRawBufferPointer(buffer))
            write(&room)
            count = room.writtenCount
        }
    }
}
