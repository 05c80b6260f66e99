internal import CLevelDB

/// The one owner of LevelDB's C objects for an open data base; freed with its last user.
///
/// Cursors and snapshots hold it too, so that none outlives the data base it reads.
///
/// Unchecked Sendable, because LevelDB itself allows one `leveldb_t` to be used from many threads
/// without a lock (its documentation, "Concurrency"), the option objects are never changed after
/// `init`, and nothing else is stored.
@safe final class DatabaseHandle: @unchecked Sendable {
    let path: String
    let database: OpaquePointer
    let readOptions: OpaquePointer
    let uncheckedRead: OpaquePointer
    let plainWrite: OpaquePointer
    let syncedWrite: OpaquePointer
    private let options: OpaquePointer
    private let filter: OpaquePointer
    private let cache: OpaquePointer
    private let files: OpaquePointer

    init(path: String, options wanted: DatabaseOptions) throws(StorageError) {
        guard let options = unsafe leveldb_options_create(),
            let filter = unsafe leveldb_filterpolicy_create_bloom(wanted.bloomBitsPerKey),
            let cache = unsafe leveldb_cache_create_lru(wanted.cacheBytes),
            let files = unsafe leveldb_map_files(options, wanted.residentBytesMax),
            let readOptions = unsafe leveldb_readoptions_create(),
            let uncheckedRead = unsafe leveldb_readoptions_create(),
            let plainWrite = unsafe leveldb_writeoptions_create(),
            let syncedWrite = unsafe leveldb_writeoptions_create()
        else {
            throw .io(path: path, detail: "out of memory, or not the LevelDB that was built for")
        }
        unsafe leveldb_options_set_create_if_missing(options, wanted.createIfMissing ? 1 : 0)
        unsafe leveldb_options_set_paranoid_checks(options, 1)
        unsafe leveldb_options_set_write_buffer_size(options, wanted.writeBufferBytes)
        unsafe leveldb_options_set_max_file_size(options, wanted.fileBytesMax)
        unsafe leveldb_options_set_compression(options, Int32(leveldb_no_compression))
        unsafe leveldb_options_set_filter_policy(options, filter)
        unsafe leveldb_options_set_cache(options, cache)
        unsafe leveldb_readoptions_set_verify_checksums(readOptions, 1)
        // Whoever reads so wants each row once, and keeps of it what he wants to keep.
        unsafe leveldb_readoptions_set_fill_cache(uncheckedRead, 0)
        unsafe leveldb_writeoptions_set_sync(syncedWrite, 1)

        var message = CMessage()
        let database = unsafe leveldb_open(options, path, &message.text)
        guard let database = unsafe database, message.take() == nil else {
            let text = message.take() ?? message.taken ?? "the data base did not open"
            unsafe leveldb_writeoptions_destroy(syncedWrite)
            unsafe leveldb_writeoptions_destroy(plainWrite)
            unsafe leveldb_readoptions_destroy(uncheckedRead)
            unsafe leveldb_readoptions_destroy(readOptions)
            unsafe leveldb_options_destroy(options)
            unsafe leveldb_cache_destroy(cache)
            unsafe leveldb_filterpolicy_destroy(filter)
            unsafe leveldb_mapped_files_destroy(files)
            throw StorageError(levelDB: text, path: path)
        }
        self.path = path
        unsafe self.database = database
        unsafe self.readOptions = readOptions
        unsafe self.uncheckedRead = uncheckedRead
        unsafe self.plainWrite = plainWrite
        unsafe self.syncedWrite = syncedWrite
        unsafe self.options = options
        unsafe self.filter = filter
        unsafe self.cache = cache
        unsafe self.files = files
    }

    deinit {
        unsafe leveldb_close(database)
        unsafe leveldb_writeoptions_destroy(syncedWrite)
        unsafe leveldb_writeoptions_destroy(plainWrite)
        unsafe leveldb_readoptions_destroy(uncheckedRead)
        unsafe leveldb_readoptions_destroy(readOptions)
        unsafe leveldb_options_destroy(options)
        unsafe leveldb_cache_destroy(cache)
        unsafe leveldb_filterpolicy_destroy(filter)
        unsafe leveldb_mapped_files_destroy(files)
    }
}

/// The slot that LevelDB writes an error text into, freed whatever path is taken.
@safe struct CMessage: ~Copyable {
    var text: UnsafeMutablePointer<CChar>?
    private(set) var taken: String?

    init() {
        unsafe self.text = nil
        self.taken = nil
    }

    /// The text, if LevelDB wrote one; the C string is freed.
    mutating func take() -> String? {
        guard let pointer = unsafe text else { return nil }
        let string = unsafe String(cString: pointer)
        unsafe leveldb_free(pointer)
        unsafe text = nil
        taken = string
        return string
    }

    deinit {
        if let text = unsafe text { unsafe leveldb_free(text) }
    }
}

extension RawSpan {
    /// Lends the bytes as the pointer and count that LevelDB's C API takes.
    func lend<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafePointer<CChar>?, Int) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe withUnsafeBytes { (buffer) throws(Failure) -> Result in
            try unsafe body(buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count)
        }
    }
}
