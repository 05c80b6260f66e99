internal import CLevelDB

/// An open LevelDB data base: ordered rows of bytes, written in atomic groups.
///
/// One value owns it; a second `open` of the same path, in this process or another, is refused as
/// ``StorageError/locked(path:)``. Every call blocks for as long as the disk takes, so call it from
/// a thread of its own (the node's loop), never from an event loop. Calls from several threads are
/// safe; a cursor or a snapshot belongs to one thread at a time.
public struct Database: ~Copyable, Sendable {
    private let handle: DatabaseHandle

    /// The longest key, in bytes.
    public static let keyBytesMax = 1 << 10

    /// The longest value, in bytes.
    public static let valueBytesMax = 64 << 20

    /// Opens the data base in the directory `path`, making it where there is none.
    public init(
        path: String, options: DatabaseOptions = DatabaseOptions()
    ) throws(StorageError) {
        handle = try DatabaseHandle(path: path, options: options)
    }

    public var path: String { handle.path }

    /// The value of `key`, or nil where there is none.
    public func get(_ key: [UInt8]) throws(StorageError) -> [UInt8]? {
        try unsafe read(handle, handle.readOptions, key)
    }

    /// The value of `key`, or nil where there is none; LevelDB's checksum is not looked at.
    ///
    /// For a caller who checks what he reads himself.
    public func uncheckedGet(_ key: [UInt8]) throws(StorageError) -> [UInt8]? {
        try unsafe read(handle, handle.uncheckedRead, key)
    }

    /// Lends the value of `key` where it lies; nil where there is none.
    ///
    /// Nothing of it is copied, and LevelDB's checksum is not looked at: for a caller who wants a
    /// small part of a long value, and checks that part himself.
    public func peek<Result>(
        _ key: [UInt8], _ body: (RawSpan) -> Result
    ) throws(StorageError) -> Result? {
        var cursor = uncheckedCursor(KeyRange(lower: key, upper: key + [0]))
        return try cursor.peek(key, body)
    }

    /// Writes all of `group` or nothing of it.
    ///
    /// With `synced` the group is on the disk when the call returns, and survives a power cut.
    public func write(_ group: borrowing WriteGroup, synced: Bool) throws(StorageError) {
        try group.check(path: handle.path)
        var message = CMessage()
        unsafe leveldb_write(
            handle.database, synced ? handle.syncedWrite : handle.plainWrite, group.batch,
            &message.text)
        if let text = message.take() { throw StorageError(levelDB: text, path: handle.path) }
    }

    /// A view of the rows as they are now, which later writes do not change.
    public func snapshot() -> Snapshot {
        Snapshot(handle)
    }

    /// A cursor before the first row of `range`, over the rows as they are now.
    public func cursor(_ range: KeyRange = .all) -> Cursor {
        unsafe Cursor(handle, handle.readOptions, range)
    }

    /// A cursor that does not look at LevelDB's checksums: for a caller who checks what he reads
    /// himself.
    ///
    /// To find the last row of a range LevelDB looks at a row of every file beside it; with
    /// checksums it reads those, however long they are, to their ends.
    public func uncheckedCursor(_ range: KeyRange) -> Cursor {
        unsafe Cursor(handle, handle.uncheckedRead, range)
    }

    /// Deletes every row in `range`, in groups of bounded size, and returns how many there were.
    ///
    /// It is not atomic: rows vanish from the lowest key upwards, which is what pruning by height
    /// wants. The last group is synced.
    @discardableResult
    public func deleteRange(_ range: KeyRange) throws(StorageError) -> Int {
        var rows = cursor(range)
        var group = WriteGroup()
        var count = 0
        while try rows.next() {
            group.delete(rows.key)
            count += 1
            if count.isMultiple(of: 4096) {
                try write(group, synced: false)
                group.clear()
            }
        }
        if count > 0 { try write(group, synced: true) }
        return count
    }

    /// Rewrites the files that hold `range`, so that deleted rows give their space back.
    public func compact(_ range: KeyRange = .all) {
        let lower = range.lower ?? []
        let upper = range.upper ?? []
        unsafe lower.span.bytes.lend { start, startBytes in
            unsafe upper.span.bytes.lend { limit, limitBytes in
                unsafe leveldb_compact_range(
                    handle.database, range.lower == nil ? nil : start, startBytes,
                    range.upper == nil ? nil : limit, limitBytes)
            }
        }
    }

    /// What LevelDB says about itself, such as `leveldb.stats`; nil for an unknown name.
    public func property(_ name: String) -> String? {
        guard let text = unsafe leveldb_property_value(handle.database, name) else { return nil }
        defer { unsafe leveldb_free(text) }
        return unsafe String(cString: text)
    }
}

/// Rows as they were when it was taken; later writes do not show.
///
/// It holds back the deletion of old rows for as long as it lives, so keep it short.
@safe public struct Snapshot: ~Copyable {
    private let handle: DatabaseHandle
    private let snapshot: OpaquePointer?
    private let options: OpaquePointer?

    fileprivate init(_ handle: DatabaseHandle) {
        self.handle = handle
        unsafe snapshot = leveldb_create_snapshot(handle.database)
        unsafe options = leveldb_readoptions_create()
        unsafe leveldb_readoptions_set_verify_checksums(options, 1)
        unsafe leveldb_readoptions_set_snapshot(options, snapshot)
    }

    deinit {
        unsafe leveldb_readoptions_destroy(options)
        unsafe leveldb_release_snapshot(handle.database, snapshot)
    }

    public func get(_ key: [UInt8]) throws(StorageError) -> [UInt8]? {
        try unsafe read(handle, options, key)
    }

    /// A cursor over the snapshot's rows; it must not outlive the snapshot.
    public func withCursor<Result, Failure: Error>(
        _ range: KeyRange = .all, _ body: (inout Cursor) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var cursor = unsafe Cursor(handle, options, range)
        return try body(&cursor)
    }
}

private func read(
    _ handle: DatabaseHandle, _ options: OpaquePointer?, _ key: [UInt8]
) throws(StorageError) -> [UInt8]? {
    var message = CMessage()
    var byteCount = 0
    let value = unsafe key.span.bytes.lend { pointer, count in
        unsafe leveldb_get(
            handle.database, options, pointer, count, &byteCount, &message.text)
    }
    defer { unsafe leveldb_free(value) }
    if let text = message.take() { throw StorageError(levelDB: text, path: handle.path) }
    guard let value = unsafe value else { return nil }
    return unsafe [UInt8](UnsafeRawBufferPointer(start: value, count: byteCount))
}
