internal import CLevelDB

/// Rows to put and delete, which become visible and durable together or not at all.
///
/// Keys and values are copied once, into the group. The last word on a key wins.
@safe public struct WriteGroup: ~Copyable {
    let batch: OpaquePointer?

    /// How many puts and deletes the group holds.
    public private(set) var count = 0

    /// How many bytes of keys and values the group holds.
    public private(set) var byteCount = 0

    private var largestKey = 0
    private var largestValue = 0

    public init() {
        unsafe batch = leveldb_writebatch_create()
    }

    deinit {
        unsafe leveldb_writebatch_destroy(batch)
    }

    public var isEmpty: Bool { count == 0 }

    public mutating func put(_ key: RawSpan, _ value: RawSpan) {
        unsafe key.lend { keyPointer, keyBytes in
            unsafe value.lend { valuePointer, valueBytes in
                unsafe leveldb_writebatch_put(
                    batch, keyPointer, keyBytes, valuePointer, valueBytes)
            }
        }
        note(key: key.byteCount, value: value.byteCount)
    }

    public mutating func put(_ key: [UInt8], _ value: [UInt8]) {
        unsafe put(key.span.bytes, value.span.bytes)
    }

    public mutating func put(_ key: [UInt8], _ value: ArraySlice<UInt8>) {
        unsafe put(key.span.bytes, value.span.bytes)
    }

    public mutating func delete(_ key: [UInt8]) {
        unsafe key.span.bytes.lend { pointer, bytes in
            unsafe leveldb_writebatch_delete(batch, pointer, bytes)
        }
        note(key: key.count, value: 0)
    }

    public mutating func clear() {
        unsafe leveldb_writebatch_clear(batch)
        count = 0
        byteCount = 0
        largestKey = 0
        largestValue = 0
    }

    /// Throws where a key or value is longer than the data base takes.
    func check(path: String) throws(StorageError) {
        guard largestKey <= Database.keyBytesMax else {
            throw .tooLarge(path: path, byteCount: largestKey, limit: Database.keyBytesMax)
        }
        guard largestValue <= Database.valueBytesMax else {
            throw .tooLarge(path: path, byteCount: largestValue, limit: Database.valueBytesMax)
        }
    }

    private mutating func note(key: Int, value: Int) {
        count += 1
        byteCount += key + value
        largestKey = max(largestKey, key)
        largestValue = max(largestValue, value)
    }
}
