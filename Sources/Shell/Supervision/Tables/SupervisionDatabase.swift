internal import Primitives
public import Storage

/// The one data base of this room: rows of several tables, written in atomic groups.
///
/// It holds ciphertext, ledger positions and marks of what is still to do; no key, no salt and no
/// opened payload is ever written to it, so that forgetting a key erases for good.
public final class SupervisionDatabase: Sendable {
    private let database: Database
    private let fault: WriteFault?

    /// Opens the data base in the directory `path`, making it where there is none.
    ///
    /// Of its files `residentBytesMax` bytes may be resident in memory. `fault`, for tests of what
    /// a crash leaves, is asked before each write.
    public init(
        path: String, residentBytesMax: Int = DatabaseOptions().residentBytesMax,
        fault: WriteFault? = nil
    ) throws(StorageError) {
        var options = DatabaseOptions()
        options.residentBytesMax = residentBytesMax
        // What is written out at once has rows of every table, so that merging it rewrites all of
        // the level below: the more that is gathered, the more seldom. With 8 MiB a ledger of
        // 150,000 entries was rewritten nine times over.
        options.writeBufferBytes = 64 << 20
        options.cacheBytes = 8 << 20
        database = try Database(path: path, options: options)
        self.fault = fault
    }

    public var path: String { database.path }

    func get(_ key: [UInt8]) throws(StorageError) -> [UInt8]? {
        try database.get(key)
    }

    func has(_ key: [UInt8]) throws(StorageError) -> Bool {
        try database.get(key) != nil
    }

    /// Writes all of `group` or nothing of it, and returns when it is on the disk.
    func write(_ group: borrowing WriteGroup) throws(StorageError) {
        guard !group.isEmpty else { return }
        switch fault?.next() {
        case nil, .pass?: try database.write(group, synced: true)
        case .lose?: throw .io(path: path, detail: "the write was lost, as the test wants it")
        case .keep?:
            try database.write(group, synced: true)
            throw .io(path: path, detail: "the write was kept, and its answer lost")
        }
    }

    /// Calls `body` with each key and value of a table whose key begins with `prefix`, in order.
    ///
    /// `body` says whether to go on.
    func scan<Failure: Error>(
        _ table: Table, prefix: [UInt8] = [], from start: [UInt8]? = nil,
        wrap: (StorageError) -> Failure,
        _ body: ([UInt8], [UInt8]) throws(Failure) -> Bool
    ) throws(Failure) {
        let range = KeyRange(prefix: [table.rawValue] + prefix)
        var cursor = database.cursor(
            KeyRange(lower: start.map { [table.rawValue] + $0 } ?? range.lower, upper: range.upper))
        while true {
            do throws(StorageError) {
                guard try cursor.next() else { return }
            } catch {
                throw wrap(error)
            }
            guard try body(Array(cursor.key.dropFirst()), cursor.value) else { return }
        }
    }

    /// How many rows a table has whose key begins with `prefix`.
    func count(_ table: Table, prefix: [UInt8] = []) throws(StorageError) -> Int {
        var cursor = database.cursor(KeyRange(prefix: [table.rawValue] + prefix))
        var count = 0
        while try cursor.next() { count += 1 }
        return count
    }
}

/// Breaks a write on purpose: what a test needs to see what a crash leaves behind.
public final class WriteFault: Sendable {
    public enum Fate: Sendable {
        case pass
        /// The write never reaches the disk.
        case lose
        /// The write reaches the disk, and its answer does not come back.
        case keep
    }

    private let fate: @Sendable () -> Fate

    public init(_ fate: @escaping @Sendable () -> Fate) {
        self.fate = fate
    }

    func next() -> Fate { fate() }
}
