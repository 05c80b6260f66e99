internal import CLevelDB

/// Walks the rows of a range in the bytewise order of their keys, either way.
///
/// Begin with ``next()`` for the first row or ``previous()`` for the last; each says whether there
/// is a row to look at. The rows are those at the time the cursor was made.
@safe public struct Cursor: ~Copyable {
    private let handle: DatabaseHandle
    private let iterator: OpaquePointer?
    private let range: KeyRange
    private var isPlaced = false

    init(_ handle: DatabaseHandle, _ options: OpaquePointer?, _ range: KeyRange) {
        self.handle = handle
        self.range = range
        unsafe iterator = leveldb_create_iterator(handle.database, options)
    }

    deinit {
        unsafe leveldb_iter_destroy(iterator)
    }

    /// Moves to the next row, or to the first; false at the end of the range.
    public mutating func next() throws(StorageError) -> Bool {
        if isPlaced {
            guard unsafe leveldb_iter_valid(iterator) != 0 else { return false }
            unsafe leveldb_iter_next(iterator)
        } else {
            isPlaced = true
            seekForward(to: range.lower)
        }
        return try isInRange()
    }

    /// Moves to the row before, or to the last; false at the beginning of the range.
    public mutating func previous() throws(StorageError) -> Bool {
        if isPlaced {
            guard unsafe leveldb_iter_valid(iterator) != 0 else { return false }
            unsafe leveldb_iter_prev(iterator)
        } else {
            isPlaced = true
            seekBackward(below: range.upper)
        }
        return try isInRange()
    }

    /// Places the cursor at the first row whose key is at least `key`, and says if there is one.
    public mutating func seek(_ key: [UInt8]) throws(StorageError) -> Bool {
        isPlaced = true
        if let lower = range.lower, key.lexicographicallyPrecedes(lower) {
            seekForward(to: lower)
        } else {
            seekForward(to: key)
        }
        return try isInRange()
    }

    /// Lends the value of `key` where it lies; nil where there is no such row.
    public mutating func peek<Result>(
        _ key: [UInt8], _ body: (RawSpan) -> Result
    ) throws(StorageError) -> Result? {
        guard try seek(key),
            withKey({ unsafe $0.withUnsafeBytes { unsafe $0.elementsEqual(key) } })
        else { return nil }
        return withValue(body)
    }

    /// The key of the row that the cursor stands at; empty where it stands at none.
    public var key: [UInt8] {
        withKey { unsafe $0.withUnsafeBytes { unsafe [UInt8]($0) } }
    }

    /// The value of the row that the cursor stands at; empty where it stands at none.
    public var value: [UInt8] {
        withValue { unsafe $0.withUnsafeBytes { unsafe [UInt8]($0) } }
    }

    /// Lends the key without copying it.
    public func withKey<Result>(_ body: (RawSpan) -> Result) -> Result {
        guard unsafe leveldb_iter_valid(iterator) != 0 else { return body(RawSpan()) }
        var bytes = 0
        let pointer = unsafe leveldb_iter_key(iterator, &bytes)
        return body(unsafe UnsafeRawBufferPointer(start: pointer, count: bytes).bytes)
    }

    /// Lends the value without copying it.
    public func withValue<Result>(_ body: (RawSpan) -> Result) -> Result {
        guard unsafe leveldb_iter_valid(iterator) != 0 else { return body(RawSpan()) }
        var bytes = 0
        let pointer = unsafe leveldb_iter_value(iterator, &bytes)
        return body(unsafe UnsafeRawBufferPointer(start: pointer, count: bytes).bytes)
    }

    private func seekForward(to key: [UInt8]?) {
        guard let key else { return unsafe leveldb_iter_seek_to_first(iterator) }
        unsafe key.span.bytes.lend { unsafe leveldb_iter_seek(iterator, $0, $1) }
    }

    private func seekBackward(below key: [UInt8]?) {
        guard let key else { return unsafe leveldb_iter_seek_to_last(iterator) }
        unsafe key.span.bytes.lend { unsafe leveldb_iter_seek(iterator, $0, $1) }
        if unsafe leveldb_iter_valid(iterator) != 0 {
            unsafe leveldb_iter_prev(iterator)
        } else {
            unsafe leveldb_iter_seek_to_last(iterator)
        }
    }

    private func isInRange() throws(StorageError) -> Bool {
        var message = CMessage()
        unsafe leveldb_iter_get_error(iterator, &message.text)
        if let text = message.take() { throw StorageError(levelDB: text, path: handle.path) }
        guard unsafe leveldb_iter_valid(iterator) != 0 else { return false }
        return withKey { range.contains($0) }
    }
}
