internal import Testing

@testable import Storage

@Suite("LastSignedFile")
struct LastSignedFileTests {
    let directory = TemporaryDirectory()
    private var path: String { directory.path(of: "last-signed") }

    private let slot = LastSignedFile.newSlotBytes

    private func written(_ contents: [[UInt8]]) throws {
        try LastSignedFile.create(path)
        var file = try LastSignedFile(path)
        for content in contents { try file.replace(with: content) }
    }

    @Test func isEmptyWhenNew() throws {
        try written([])
        #expect(try LastSignedFile(path).content == [])
    }

    @Test func remembersTheLastOfMany() throws {
        try written((1...5).map { [UInt8](repeating: $0, count: Int($0)) })
        #expect(try LastSignedFile(path).content == [5, 5, 5, 5, 5])
    }

    @Test func isNotMadeTwice() throws {
        try written([[1]])
        #expect(throws: StorageError.self) { try LastSignedFile.create(path) }
        #expect(try LastSignedFile(path).content == [1])
    }

    @Test func isMissedWhereItIsNot() {
        #expect(throws: StorageError.notFound(path: path, what: "the file or directory")) {
            _ = try LastSignedFile(path)
        }
    }

    /// A write of the second content torn after any number of bytes gives the first or the second.
    @Test func survivesATornWriteAnywhere() throws {
        try written([[1, 1]])
        let before = try SmallFile.read(path)
        do {
            var file = try LastSignedFile(path)
            try file.replace(with: [UInt8](repeating: 2, count: 300))
        }
        let after = try SmallFile.read(path)
        // Synced was the first only; making the file counts as two writes.
        try SmallFile.write(
            SyncMark.encode(.init(part: 1, extent: 2)), to: path + LastSignedFile.markSuffix)
        #expect(before[slot...] == after[slot...] || before[..<slot] == after[..<slot])
        for cut in stride(from: 0, through: 2 * slot, by: 61) {
            let torn = Array(after[..<cut]) + Array(before[cut...])
            try SmallFile.write(torn, to: path)
            let mark = try SmallFile.read(path + LastSignedFile.markSuffix)
            let content = try LastSignedFile(path).content
            #expect(content == [1, 1] || content == [UInt8](repeating: 2, count: 300))
            try SmallFile.write(mark, to: path + LastSignedFile.markSuffix)
        }
    }

    /// The slot that counts has a flipped bit, or the whole file is an old copy: what it says of
    /// was sent, so the state before it must not be taken for the last.
    @Test func refusesTheStateBeforeTheOneThatWasSynced() throws {
        try written([[1], [2]])
        let old = try SmallFile.read(path)
        do {
            var file = try LastSignedFile(path)
            try file.replace(with: [3])
        }
        var rotten = try SmallFile.read(path)
        rotten[40] ^= 1
        for bytes in [rotten, old] {
            try SmallFile.write(bytes, to: path)
            #expect(
                throws: StorageError.corruption(
                    path: path,
                    detail: "its newest valid slot is write 3, and write 4 had been synced")
            ) { _ = try LastSignedFile(path) }
        }
        // The slot before the newest may rot: nothing is asked of it.
        rotten[40] ^= 1
        rotten[slot + 40] ^= 1
        try SmallFile.write(rotten, to: path)
        #expect(try LastSignedFile(path).content == [3])
    }

    @Test func isMadeAnewBesideTheMarkOfOneThatWasSetAside() throws {
        try written([[1], [2], [3]])
        try Directory.remove(path)
        try written([[9]])
        #expect(try LastSignedFile(path).content == [9])
    }

    @Test func refusesWhereBothSlotsAreDamaged() throws {
        try written([[1], [2]])
        var bytes = try SmallFile.read(path)
        bytes[40] ^= 1
        bytes[slot + 40] ^= 1
        try SmallFile.write(bytes, to: path)
        #expect(
            throws: StorageError.corruption(path: path, detail: "neither slot is valid")
        ) { _ = try LastSignedFile(path) }
    }

    @Test(arguments: [0, 3, 8_191, 8_194, 16_383, 16_385])
    func refusesAFileOfAnotherLength(_ count: Int) throws {
        try SmallFile.write([UInt8](repeating: 0, count: count), to: path)
        #expect(
            throws: StorageError.corruption(
                path: path, detail: "its length is not 16384 or 8192 bytes")
        ) { _ = try LastSignedFile(path) }
    }

    /// As older versions made it: it is read, and goes on with its slots.
    @Test func goesOnWithShorterSlots() throws {
        let old = LastSignedFile.oldSlotBytes
        let bytes =
            LastSignedFile.slot(4, [1], byteCount: old)
            + LastSignedFile.slot(3, [2], byteCount: old)
        try SmallFile.write(bytes, to: path)
        do {
            var file = try LastSignedFile(path)
            #expect(file.content == [1])
            #expect(file.contentBytesMax == old - 24)
            try file.replace(with: [UInt8](repeating: 3, count: old - 24))
            #expect(throws: StorageError.self) {
                try file.replace(with: [UInt8](repeating: 4, count: old - 23))
            }
        }
        #expect(try SmallFile.read(path).count == 2 * old)
        #expect(try LastSignedFile(path).content == [UInt8](repeating: 3, count: old - 24))
    }

    @Test func refusesContentPastItsLimit() throws {
        try LastSignedFile.create(path)
        var file = try LastSignedFile(path)
        let limit = LastSignedFile.contentBytesMax
        try file.replace(with: [UInt8](repeating: 3, count: limit))
        do throws(StorageError) {
            try file.replace(with: [UInt8](repeating: 3, count: limit + 1))
            Issue.record("oversize content was taken")
        } catch {
            #expect(error == .tooLarge(path: path, byteCount: limit + 1, limit: limit))
        }
        #expect(file.content.count == limit)
    }
}
