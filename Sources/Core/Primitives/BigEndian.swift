extension FixedWidthInteger where Self: UnsignedInteger {
    /// The bytes, the most significant first, so that keys sort as numbers do.
    public var bigEndianBytes: [UInt8] {
        unsafe withUnsafeBytes(of: bigEndian) { unsafe Array($0) }
    }
}

extension [UInt8] {
    /// Appends an integer's bytes, the most significant first.
    @inlinable
    public mutating func append(bigEndian value: some FixedWidthInteger & UnsignedInteger) {
        unsafe Swift.withUnsafeBytes(of: value.bigEndian) { unsafe append(contentsOf: $0) }
    }

    /// The big-endian integer of the bytes at `offset`; they must be there.
    @inlinable
    public func bigEndian<Word: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as word: Word.Type = UInt64.self
    ) -> Word {
        self[...].bigEndian(at: offset, as: word)
    }
}

extension ArraySlice<UInt8> {
    /// The big-endian integer of the bytes at `offset` from the start; they must be there.
    @inlinable
    public func bigEndian<Word: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as word: Word.Type = UInt64.self
    ) -> Word {
        precondition(offset >= 0 && offset + MemoryLayout<Word>.size <= count)
        return unsafe withUnsafeBytes { bytes in
            unsafe Word(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Word.self))
        }
    }
}
