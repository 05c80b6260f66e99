import TestSupport
import Testing

@testable import Storage

@Suite("Blobs in files")
struct BlobFilesTests {
    private let directory = TemporaryDirectory()

    private func files() throws -> BlobFiles {
        try BlobFiles(directory: directory.path, suffix: "blobs", byteCountMax: 100)
    }

    private func blob(_ number: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(number), count: 10 + number)
    }

    private func append(_ number: Int, to files: BlobFiles) throws -> BlobPlace {
        try unsafe files.append(blob(number).span.bytes)
    }

    @Test func areFoundByTheirPlaceAcrossFilesAndOpenings() throws {
        var places: [BlobPlace] = []
        for opening in 0..<3 {
            let files = try files()
            #expect(files.numbers.count == (places.last?.file ?? 0))
            for number in 0..<12 { places.append(try append(12 * opening + number, to: files)) }
            for (number, place) in places.enumerated() {
                #expect(try files.read(place, byteCount: 10 + number) == blob(number))
            }
        }
        #expect(Set(places).count == 36)
        let names = try Directory.names(in: directory.path)
        #expect(names.count == Int(places.last?.file ?? 0) && names[0] == "0000000000000001.blobs")
        // A file ends with the blob that makes it long enough, or with its process.
        for (place, next) in zip(places, places.dropFirst()) where place.file != next.file {
            #expect(next.file == place.file + 1 && next.offset == 0)
            #expect(place.offset < 100)
        }
    }

    @Test func whatIsGoneOrEndsBeforeIsNone() throws {
        let files = try files()
        let places = try (0..<12).map { try append($0, to: files) }
        let last = try #require(places.last)
        #expect(try files.read(last, byteCount: 22) == nil)
        let beyond = BlobPlace(file: last.file, offset: .max)
        #expect(try files.read(beyond, byteCount: 1) == nil)
        #expect(try files.read(BlobPlace(file: 99, offset: 0), byteCount: 1) == nil)
        #expect(try files.read(places[0], byteCount: 10) == blob(0))
        try files.remove(places[0].file)
        try files.remove(last.file)
        #expect(try files.read(places[0], byteCount: 10) == nil)
        #expect(try files.read(last, byteCount: 21) == blob(11), "it is appended to, and stays")
        #expect(files.numbers.first == 2 && files.numbers.last == last.file)
    }

    /// The last bytes of a file are in memory, and what is read may lie on both sides.
    @Test func longOnesAreReadWhereverTheyAreAndSyncedWhole() throws {
        let files = try BlobFiles(directory: directory.path, suffix: "blobs", byteCountMax: 9 << 20)
        let path = directory.path + "/0000000000000001.blobs"
        func written() throws -> Int { try SmallFile.read(path, atMost: .max).count }
        var random = SplitMix(seed: 18)
        var blobs: [(place: BlobPlace, bytes: [UInt8])] = []
        for count in [700_000, 1, 348_575, 300, 3_000_000, 4_096, 900_001, 0, 77] {
            let bytes = (0..<count).map { _ in UInt8(random.below(256)) }
            blobs.append((try unsafe files.append(bytes.span.bytes), bytes))
            for blob in blobs {
                #expect(try files.read(blob.place, byteCount: blob.bytes.count) == blob.bytes)
            }
            let end = Int(blobs[blobs.count - 1].place.offset) + count
            #expect(try written() == end / (1 << 20) * (1 << 20), "a piece is written at once")
            #expect(try files.read(blobs[0].place, byteCount: end) == blobs.flatMap(\.bytes))
            #expect(try files.read(blobs[0].place, byteCount: end + 1) == nil)
        }
        let all = blobs.flatMap(\.bytes)
        for _ in 0..<2 {
            try files.sync()
            #expect(try SmallFile.read(path, atMost: .max) == all)
        }
        let more = [UInt8](repeating: 7, count: 5_000)
        let place = try unsafe files.append(more.span.bytes)
        #expect(try files.read(place, byteCount: 5_000) == more)
        try files.sync()
        #expect(try SmallFile.read(path, atMost: .max) == all + more)
        #expect(try BlobFiles(directory: directory.path, suffix: "blobs").read(1) == all + more)
    }

    @Test func whoEndsLeavesAllBytesAndWhoBeginsWritesOverNone() throws {
        let bytes = [UInt8](repeating: 9, count: 5_000)
        let path = directory.path + "/0000000000000001.blobs"
        do {
            let files = try files()
            _ = try unsafe files.append(bytes.span.bytes)
            #expect(try SmallFile.read(path).isEmpty)
        }
        #expect(try SmallFile.read(path) == bytes)
        let files = try files()
        try SmallFile.write([1], to: directory.path + "/0000000000000002.blobs")
        #expect(throws: StorageError.self) { try append(1, to: files) }
        #expect(try SmallFile.read(directory.path + "/0000000000000002.blobs") == [1])
        files.begin(above: 6)
        #expect(try append(1, to: files) == BlobPlace(file: 7, offset: 0))
    }

    @Test func otherFilesAreLeftAlone() throws {
        for name in ["000005.ldb", "CURRENT", "x.blobs", "00000000000000zz.blobs"] {
            try SmallFile.write([1], to: directory.path + "/" + name)
        }
        #expect(try append(1, to: files()) == BlobPlace(file: 1, offset: 0))
        #expect(try Directory.names(in: directory.path).count == 5)
    }
}
