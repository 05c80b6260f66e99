internal import Testing

@testable import Storage

@Suite("Database")
struct DatabaseTests {
    let directory = TemporaryDirectory()

    private func filled(_ keys: [[UInt8]]) throws -> Database {
        let database = try Database(path: directory.path(of: "db"))
        var group = WriteGroup()
        for key in keys { group.put(key, [UInt8](key.reversed())) }
        try database.write(group, synced: true)
        return database
    }

    private func keys(_ database: borrowing Database, _ range: KeyRange) throws -> [[UInt8]] {
        var cursor = database.cursor(range)
        var keys: [[UInt8]] = []
        while try cursor.next() { keys.append(cursor.key) }
        return keys
    }

    @Test func keepsWhatWasWrittenOverAReopen() throws {
        do {
            let database = try filled([[1, 2], [3]])
            #expect(try database.get([1, 2]) == [2, 1])
        }
        let again = try Database(path: directory.path(of: "db"))
        #expect(try again.get([1, 2]) == [2, 1])
        #expect(try again.get([3]) == [3])
        #expect(try again.get([4]) == nil)
    }

    @Test func lendsAValueWhereItLies() throws {
        let database = try filled([[1], [1, 0], [2, 7]])
        func peek(_ key: [UInt8]) throws -> [UInt8]? {
            try database.peek(key) { span in unsafe span.withUnsafeBytes { unsafe [UInt8]($0) } }
        }
        for key in [[1], [1, 0], [2, 7]] as [[UInt8]] {
            #expect(try peek(key) == [UInt8](key.reversed()))
        }
        // The row that comes next is not taken for one that is not there.
        for key in [[0], [1, 0, 0], [2], [3]] as [[UInt8]] { #expect(try peek(key) == nil) }
    }

    @Test func readsWithoutChecksumsWhatItReadsWithThem() throws {
        let database = try filled([[1], [1, 0], [2, 7]])
        for key in [[1], [1, 0], [2, 7], [], [2]] as [[UInt8]] {
            #expect(try database.uncheckedGet(key) == database.get(key))
        }
    }

    @Test func lendsOneRowAfterTheOtherByOneCursor() throws {
        let database = try filled([[1], [1, 0], [2, 7]])
        var cursor = database.uncheckedCursor(KeyRange(lower: [1], upper: [2]))
        var found: [[UInt8]?] = []
        // Before its range there is nothing, and beyond it.
        for key in [[1, 0], [0], [1], [2, 7], [1, 0]] as [[UInt8]] {
            found.append(
                try cursor.peek(key) { span in unsafe span.withUnsafeBytes { unsafe [UInt8]($0) } })
        }
        #expect(found == [[0, 1], nil, [1], nil, [0, 1]])
    }

    @Test func tellsAnEmptyValueFromNone() throws {
        let database = try Database(path: directory.path(of: "db"))
        var group = WriteGroup()
        group.put([7], [UInt8]())
        try database.write(group, synced: false)
        #expect(try database.get([7]) == [])
        #expect(try database.get([8]) == nil)
    }

    @Test func refusesASecondOpenAsLocked() throws {
        let path = directory.path(of: "db")
        let first = try Database(path: path)
        #expect(throws: StorageError.locked(path: path)) { _ = try Database(path: path) }
        #expect(first.path == path)
    }

    @Test func doesNotMakeWhatMustBeThere() throws {
        var options = DatabaseOptions()
        options.createIfMissing = false
        let path = directory.path(of: "absent")
        #expect(throws: StorageError.self) { _ = try Database(path: path, options: options) }
    }

    @Test(arguments: [
        (KeyRange.all, [[0], [1], [1, 0], [1, 0xff], [2], [0xff], [0xff, 1]] as [[UInt8]]),
        (KeyRange(prefix: [1]), [[1], [1, 0], [1, 0xff]]),
        (KeyRange(prefix: [0xff]), [[0xff], [0xff, 1]]),
        (KeyRange(prefix: [3]), []),
        (KeyRange(lower: [1, 0], upper: [2]), [[1, 0], [1, 0xff]]),
        (KeyRange(lower: nil, upper: [1]), [[0]]),
        (KeyRange(lower: [2], upper: nil), [[2], [0xff], [0xff, 1]]),
    ])
    func walksARangeBothWays(_ range: KeyRange, _ expected: [[UInt8]]) throws {
        let database = try filled([[0], [1], [1, 0], [1, 0xff], [2], [0xff], [0xff, 1]])
        #expect(try keys(database, range) == expected)
        var cursor = database.cursor(range)
        var backwards: [[UInt8]] = []
        while try cursor.previous() { backwards.append(cursor.key) }
        #expect(backwards == expected.reversed())
    }

    @Test func seeksInsideItsRangeOnly() throws {
        let database = try filled([[1], [3], [5]])
        var cursor = database.cursor(KeyRange(lower: [2], upper: [5]))
        #expect(try cursor.seek([0]))
        #expect(cursor.key == [3])
        #expect(cursor.value == [3])
        #expect(try !cursor.seek([4]))
    }

    @Test func showsASnapshotAsItWas() throws {
        let database = try filled([[1]])
        let before = database.snapshot()
        var group = WriteGroup()
        group.delete([1])
        group.put([2], [9])
        try database.write(group, synced: false)
        #expect(try before.get([1]) == [1])
        #expect(try before.get([2]) == nil)
        let seen = try before.withCursor { cursor in
            var seen: [[UInt8]] = []
            while try cursor.next() { seen.append(cursor.key) }
            return seen
        }
        #expect(seen == [[1]])
        #expect(try database.get([1]) == nil)
    }

    @Test func deletesARangeAndNothingElse() throws {
        let many = (0..<10_000).map { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
        let database = try filled(many)
        #expect(try database.deleteRange(KeyRange(lower: [1, 0], upper: [38, 0])) == 37 * 256)
        database.compact()
        #expect(try keys(database, .all).count == 10_000 - 37 * 256)
        #expect(try database.get([0, 255]) != nil)
        #expect(try database.get([1, 0]) == nil)
        #expect(try database.get([38, 0]) != nil)
    }

    @Test func refusesAKeyThatIsTooLong() throws {
        let database = try Database(path: directory.path(of: "db"))
        var group = WriteGroup()
        group.put([UInt8](repeating: 1, count: 1025), [1])
        do throws(StorageError) {
            try database.write(group, synced: false)
            Issue.record("a key of 1025 bytes was taken")
        } catch {
            #expect(
                error == .tooLarge(path: directory.path(of: "db"), byteCount: 1025, limit: 1024))
        }
    }

    @Test func findsAFlippedBitInAFile() throws {
        do {
            let database = try filled((0..<200).map { [UInt8($0)] })
            database.compact()
        }
        let table = try #require(
            try Directory.names(in: directory.path(of: "db")).first { $0.hasSuffix(".ldb") })
        let path = directory.path(of: "db") + "/" + table
        var bytes = try SmallFile.read(path)
        bytes[100] ^= 1
        try SmallFile.write(bytes, to: path)
        let database = try Database(path: directory.path(of: "db"))
        var refusal: StorageError?
        do throws(StorageError) {
            for key in 0..<200 { _ = try database.get([UInt8(key)]) }
        } catch {
            refusal = error
        }
        guard case .corruption = refusal else {
            Issue.record("a flipped bit gave \(String(describing: refusal))")
            return
        }
    }
}
