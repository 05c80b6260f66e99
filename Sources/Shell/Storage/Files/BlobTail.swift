internal import Glibc
internal import Synchronization

/// The file that blobs are appended to, and its last bytes, which are in memory still.
///
/// It is written in pieces of whole pages past the system's cache (O_DIRECT), where the file system
/// has that: what is written here is read late if ever, and a page of the cache that is taken anew
/// costs more than the copy into it.
///
/// One thread appends; reading is safe from any.
final class BlobTail: Sendable {
    let number: UInt64
    private let file: File
    /// For reading what was written: through the cache, and from any byte on.
    private let reading: File
    private let tail: Mutex<Tail>

    private struct Tail: ~Copyable, Sendable {
        /// The bytes from `start` on.
        var pages = PageBuffer(pageCount: 256)
        /// Where the piece begins that is not full yet.
        var start = 0
        /// Up to where the file is known to be on the disk.
        var syncedCount = 0

        var end: Int { start + pages.count }

        /// Writes the bytes that are in memory and not known to be on the disk; they stay there.
        mutating func write(to file: borrowing File) throws(StorageError) {
            let start = start
            try pages.withPages(from: syncedCount - start) { (bytes, first) throws(StorageError) in
                do throws(StorageError) {
                    try file.write(bytes, at: start + first)
                } catch .io {
                    // A device may want longer pages than these; and how a full disk refuses them
                    // is said more clearly through the cache.
                    file.passesCache(false)
                    try file.write(bytes, at: start + first)
                }
            }
        }
    }

    /// After so many bytes they are synced, so that nobody waits for a whole file.
    private static let unsyncedMax = 4 << 20

    /// Makes the file, whose name is on the disk when it returns.
    init(_ number: UInt64, path: String, in directory: String) throws(StorageError) {
        self.number = number
        file = try File(path, flags: O_WRONLY | O_CREAT | O_EXCL)
        file.passesCache(true)
        reading = try File(path, flags: O_RDONLY)
        tail = Mutex(Tail())
        try Directory.sync(directory)
    }

    /// A process that ends by itself leaves all bytes in the file.
    deinit {
        try? sync()
    }

    /// Where the next blob begins.
    var byteCount: Int { tail.withLock { $0.end } }

    /// Appends a blob, whose last bytes go with the process until they are synced, or a piece full.
    func append(_ blob: RawSpan) throws(StorageError) {
        try unsafe blob.withUnsafeBytes { (blob) throws(StorageError) in
            try unsafe append(blob)
        }
        let written = tail.withLock {
            $0.start - $0.syncedCount < BlobTail.unsyncedMax ? 0 : $0.start
        }
        guard written > 0 else { return }
        try file.sync()
        tail.withLock { $0.syncedCount = written }
    }

    private func append(_ blob: UnsafeRawBufferPointer) throws(StorageError) {
        try tail.withLock { (tail) throws(StorageError) in
            var done = 0
            while done < blob.count {
                done += unsafe tail.pages.append(UnsafeRawBufferPointer(rebasing: blob[done...]))
                guard tail.pages.isFull else { continue }
                try tail.write(to: file)
                tail.start = tail.end
                tail.pages.removeAll()
            }
        }
    }

    /// So many bytes from a place on; nil where the file ends before.
    func read(at offset: Int, count: Int) throws(StorageError) -> [UInt8]? {
        let (start, last) = tail.withLock { tail in
            let from = max(offset - tail.start, 0)
            let end = min(offset + count - tail.start, tail.pages.count)
            return (tail.start, from < end ? tail.pages.bytes(from..<end) : [])
        }
        let written = min(offset + count, start) - offset
        let first = written > 0 ? try reading.read(at: offset, count: written) : []
        return first.count + last.count == count ? first + last : nil
    }

    /// Asks for bytes that are read soon, where they are not in memory.
    func expect(at offset: Int, count: Int) {
        reading.expect(at: offset, count: count)
    }

    /// Returns when all that was appended is on the disk, and the file ends with it.
    func sync() throws(StorageError) {
        let end = try tail.withLock { (tail) throws(StorageError) in
            guard tail.end > tail.syncedCount else { return 0 }
            try tail.write(to: file)
            return tail.end
        }
        guard end > 0 else { return }
        // Readers of what is in memory need not wait for this.
        try file.truncate(to: end)
        tail.withLock { $0.syncedCount = end }
    }
}
