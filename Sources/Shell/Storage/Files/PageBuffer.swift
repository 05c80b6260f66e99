/// Bytes that are gathered in whole pages of memory, as a disk takes them without a copy.
///
/// Unchecked, since the memory is its own, and goes where it goes.
@safe struct PageBuffer: ~Copyable, @unchecked Sendable {
    private let memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    private static let pageByteCount = 4_096

    /// Room for so many pages.
    init(pageCount: Int) {
        unsafe memory = .allocate(
            byteCount: pageCount * PageBuffer.pageByteCount, alignment: PageBuffer.pageByteCount)
    }

    deinit {
        unsafe memory.deallocate()
    }

    var isFull: Bool { unsafe count == memory.count }

    /// Lends the pages that have any bytes from `start` on, and says where they begin; zeros stand
    /// behind the last byte.
    mutating func withPages<Result, Failure: Error>(
        from start: Int, _ body: (RawSpan, Int) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let first = min(max(start, 0), count) / PageBuffer.pageByteCount * PageBuffer.pageByteCount
        let pageCount = (count + PageBuffer.pageByteCount - 1) / PageBuffer.pageByteCount
        let end = pageCount * PageBuffer.pageByteCount
        unsafe UnsafeMutableRawBufferPointer(rebasing: memory[count..<end])
            .initializeMemory(as: UInt8.self, repeating: 0)
        return try unsafe body(UnsafeRawBufferPointer(rebasing: memory[first..<end]).bytes, first)
    }

    /// The bytes in a range, which must be there.
    func bytes(_ range: Range<Int>) -> [UInt8] {
        precondition(range.upperBound <= count)
        return unsafe Array(memory[range])
    }

    /// Appends as many of these bytes as there is room for, and says how many.
    mutating func append(_ bytes: UnsafeRawBufferPointer) -> Int {
        let added = unsafe min(bytes.count, memory.count - count)
        unsafe UnsafeMutableRawBufferPointer(rebasing: memory[count..<(count + added)])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<added]))
        count += added
        return added
    }

    mutating func removeAll() {
        count = 0
    }
}
