internal import Primitives
internal import Testing

@testable import Storage

@Suite("AppendLog")
struct AppendLogTests {
    let directory = TemporaryDirectory()
    private var log: String { directory.path(of: "log") }
    private var first: String { log + "/0000000000000001.log" }
    private var mark: String { log + "/" + AppendLog.markName }

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

    @Test func readsOnceMoreWhatIsOnTheDisk() throws {
        var log = try AppendLog(directory: log) { _, _ in }
        try log.append([1])
        try log.rotate()
        try log.append([2])
        try log.sync()
        try log.append([3])
        var read: [[UInt8]] = []
        try log.scan { read.append(Array($0)) }
        #expect(read == [[1], [2]])
    }

    @Test func keepsNothingThatWasNeitherFlushedNorSynced() throws {
        do {
            var log = try AppendLog(directory: log) { _, _ in }
            try log.append([1])
        }
        #expect(try replayed().records.isEmpty)
    }

    /// Where the three synced records of ``written()`` end.
    private let syncedBytes = LogSegment.headerBytes + 3 * (LogSegment.recordHeaderBytes + 3)

    /// Every length the file can be cut to, as a power cut would that the mark did not survive.
    @Test func cutsATornTailAtEveryByte() throws {
        let whole = try written()
        let recordBytes = LogSegment.recordHeaderBytes + 3
        for length in LogSegment.headerBytes...whole.count {
            try SmallFile.write(Array(whole[..<length]), to: first)
            try Directory.remove(mark)
            let (records, cut) = try replayed()
            let count = (length - LogSegment.headerBytes) / recordBytes
            #expect(records.count == count, "cut to \(length) bytes")
            #expect(cut == (length - LogSegment.headerBytes) % recordBytes)
            #expect(try replayed().cut == 0)
        }
    }

    /// A flip in a synced record that a later record vouches for must never be called a torn tail,
    /// nor one in the records that were synced last, which the mark vouches for.
    @Test(arguments: [false, true])
    func refusesAFlippedBitInWhatWasSynced(isLast: Bool) throws {
        var whole = try written()
        if isLast {
            whole.removeLast(whole.count - syncedBytes)
        } else {
            try Directory.remove(mark)
        }
        let markBytes = isLast ? try SmallFile.read(mark) : []
        for offset in LogSegment.headerBytes..<syncedBytes {
            var bytes = whole
            bytes[offset] ^= 0x10
            try SmallFile.write(bytes, to: first)
            #expect(throws: StorageError.self, "byte \(offset)") { try replayed() }
            // What is refused stays as it is, for whoever wants to look at it.
            #expect(try SmallFile.read(first) == bytes)
            if isLast { #expect(try SmallFile.read(mark) == markBytes) }
        }
    }

    @Test func refusesALogThatLacksTheEndOfWhatWasSynced() throws {
        let whole = try written()
        for length in 0..<syncedBytes {
            try SmallFile.write(Array(whole[..<length]), to: first)
            #expect(throws: StorageError.self, "cut to \(length) bytes") { try replayed() }
        }
        try SmallFile.write(Array(whole[..<syncedBytes]), to: first)
        #expect(try replayed().records.count == 3)
        try Directory.remove(first)
        #expect(
            throws: StorageError.corruption(
                path: first, detail: "a segment that was synced is gone")
        ) { try replayed() }
    }

    /// As older versions left it, and after a power cut that the mark did not survive or tore.
    @Test(arguments: [nil, [], [UInt8](repeating: 0, count: 32), [UInt8](repeating: 7, count: 40)])
    func goesByTheRecordsWhereThereIsNoMark(_ left: [UInt8]?) throws {
        var bytes = try written()
        bytes.removeLast(1)
        try SmallFile.write(bytes, to: first)
        if let left { try SmallFile.write(left, to: mark) } else { try Directory.remove(mark) }
        let (records, cut) = try replayed()
        #expect(records.count == 3)
        #expect(cut == bytes.count - syncedBytes)
        // From now on there is one.
        try SmallFile.write(Array(bytes[..<(syncedBytes - 1)]), to: first)
        #expect(throws: StorageError.self) { try replayed() }
    }

    @Test func refusesAMarkOfALaterVersion() throws {
        _ = try written()
        var bytes = SyncMark.encode(.init(part: 1, extent: 24))
        bytes[11] = 2
        bytes.removeLast(4)
        bytes.append(bigEndian: CRC32C.of(bytes[...]))
        try SmallFile.write(bytes, to: mark)
        #expect(
            throws: StorageError.formatVersion(path: mark, found: "2", supported: 1)
        ) { try replayed() }
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

    /// A crash came before the header was synced, and so before the mark spoke of the segment.
    @Test func makesASegmentAgainWhoseHeaderIsTorn() throws {
        let second = log + "/0000000000000002.log"
        do {
            var log = try AppendLog(directory: log) { _, _ in }
            try log.append([1])
            try log.sync()
        }
        try SmallFile.write(Array("CUST".utf8), to: second)
        let (records, cut) = try replayed()
        #expect(records == [[1]])
        #expect(cut == 4)
        do {
            var log = try AppendLog(directory: log) { _, _ in }
            try log.append([2])
            try log.sync()
        }
        #expect(try replayed().records == [[1], [2]])
        try SmallFile.write(Array("CUST".utf8), to: second)
        #expect(throws: StorageError.corruption(path: second, detail: "the header is damaged")) {
            try replayed()
        }
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
}
