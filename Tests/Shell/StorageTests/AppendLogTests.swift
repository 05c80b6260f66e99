internal import Testing

@testable import Storage

@Suite("AppendLog")
struct AppendLogTests {
    let directory = TemporaryDirectory()
    private var log: String { directory.path(of: "log") }
    private var first: String { log + "/0000000000000001.log" }

    private func replayed() throws -> (records: [[UInt8]], cut: Int) {
        var records: [[UInt8]] = []
        let log = try AppendLog(directory: log) { record, _ in records.append(Array(record)) }
        return (records, log.cutBytes)
    }

    /// Three synced records of 3 bytes each, then one that is written and never synced.
    private func written() throws -> [UInt8] {
        var log = try AppendLog(directory: log) { _, _ in }
        for number in UInt8(1)...3 {
            try log.append([number, number, number])
            try log.sync()
        }
        try log.append([4, 4, 4])
        try log.flush()
        return try SmallFile.read(first)
    }

    @Test func replaysWhatWasSynced() throws {
        _ = try written()
        let (records, cut) = try replayed()
        #expect(records == [[1, 1, 1], [2, 2, 2], [3, 3, 3], [4, 4, 4]])
        #expect(cut == 0)
    }

    @Test func keepsNothingThatWasNeitherFlushedNorSynced() throws {
        do {
            var log = try AppendLog(directory: log) { _, _ in }
            try log.append([1])
        }
        #expect(try replayed().records.isEmpty)
    }

    /// Every length the file can be cut to, as a power cut would.
    @Test func cutsATornTailAtEveryByte() throws {
        let whole = try written()
        let recordBytes = LogSegment.recordHeaderBytes + 3
        for length in LogSegment.headerBytes...whole.count {
            try SmallFile.write(Array(whole[..<length]), to: first)
            let (records, cut) = try replayed()
            let count = (length - LogSegment.headerBytes) / recordBytes
            #expect(records.count == count, "cut to \(length) bytes")
            #expect(cut == (length - LogSegment.headerBytes) % recordBytes)
            #expect(try replayed().cut == 0)
        }
    }

    /// A flip in a synced record that a later record vouches for must never be called a torn tail.
    @Test func refusesAFlippedBitInWhatWasSynced() throws {
        let whole = try written()
        let vouched = LogSegment.headerBytes + 3 * (LogSegment.recordHeaderBytes + 3)
        for offset in LogSegment.headerBytes..<vouched {
            var bytes = whole
            bytes[offset] ^= 0x10
            try SmallFile.write(bytes, to: first)
            #expect(throws: StorageError.self, "byte \(offset)") { try replayed() }
        }
    }

    @Test func takesADamagedUnsyncedRecordForATornTail() throws {
        var bytes = try written()
        bytes[bytes.count - 1] ^= 1
        try SmallFile.write(bytes, to: first)
        #expect(try replayed().records.count == 3)
    }

    /// Pages of one write may reach the disk in any order: a later record may be whole.
    @Test func cutsAtTheFirstHoleOfAnUnsyncedGroup() throws {
        do {
            var log = try AppendLog(directory: log) { _, _ in }
            try log.append([1])
            try log.sync()
            for number in UInt8(2)...5 { try log.append([number]) }
            try log.flush()
        }
        var bytes = try SmallFile.read(first)
        let third = LogSegment.headerBytes + 2 * (LogSegment.recordHeaderBytes + 1)
        for index in third..<third + 17 { bytes[index] = 0 }
        try SmallFile.write(bytes, to: first)
        #expect(try replayed().records == [[1], [2]])
    }

    @Test func goesOnAfterACut() throws {
        var bytes = try written()
        bytes.removeLast(5)
        try SmallFile.write(bytes, to: first)
        do {
            var log = try AppendLog(directory: log) { _, _ in }
            #expect(log.cutBytes == 14)
            try log.append([9])
            try log.sync()
        }
        #expect(try replayed().records == [[1, 1, 1], [2, 2, 2], [3, 3, 3], [9]])
    }

    @Test func rotatesAndDropsOldSegments() throws {
        do {
            var log = try AppendLog(directory: log) { _, _ in }
            for number in UInt8(1)...3 {
                try log.append([number])
                try log.rotate()
            }
            #expect(log.segment == 4)
            try log.removeSegments(below: 3)
            try log.append([4])
            try log.sync()
        }
        var seen: [[UInt8]] = []
        var segments: [UInt64] = []
        _ = try AppendLog(directory: log) { record, segment in
            seen.append(Array(record))
            segments.append(segment)
        }
        #expect(seen == [[3], [4]])
        #expect(segments == [3, 4])
    }

    @Test func refusesDamageBeforeTheLastSegment() throws {
        do {
            var log = try AppendLog(directory: log) { _, _ in }
            try log.append([1])
            try log.rotate()
        }
        var bytes = try SmallFile.read(first)
        bytes.removeLast()
        try SmallFile.write(bytes, to: first)
        #expect(throws: StorageError.self) { try replayed() }
    }

    @Test func makesASegmentAgainWhoseHeaderIsTorn() throws {
        do {
            var log = try AppendLog(directory: log) { _, _ in }
            try log.append([1])
            try log.rotate()
        }
        try SmallFile.write(Array("CUST".utf8), to: log + "/0000000000000002.log")
        #expect(try replayed().records == [[1]])
    }

    @Test func refusesAMissingSegment() throws {
        do {
            var log = try AppendLog(directory: log) { _, _ in }
            try log.rotate()
            try log.rotate()
        }
        try Directory.remove(log + "/0000000000000002.log")
        #expect(throws: StorageError.self) { try replayed() }
    }

    @Test func refusesARecordPastItsLimit() throws {
        var log = try AppendLog(directory: log) { _, _ in }
        do throws(StorageError) {
            try log.append([UInt8](repeating: 0, count: AppendLog.recordBytesMax + 1))
            Issue.record("an oversize record was taken")
        } catch {
            guard case .tooLarge = error else { return #expect(Bool(false), "\(error)") }
        }
    }

    @Test func checksumsAsPublished() {
        #expect(CRC32C.of(Array("123456789".utf8)[...]) == 0xe306_9283)
        #expect(CRC32C.of([UInt8](repeating: 0, count: 32)[...]) == 0x8a91_36aa)
        #expect(CRC32C.of([UInt8](repeating: 0xff, count: 32)[...]) == 0x62a8_ab43)
        #expect(CRC32C.of([UInt8](0..<32)[...]) == 0x46dd_794e)
    }
}
