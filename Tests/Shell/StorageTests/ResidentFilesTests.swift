internal import Foundation
internal import Glibc
internal import Testing

@testable import Storage

/// How much of the sorted files a process is charged with, as the kernel tells it.
@Suite("Resident files")
struct ResidentFilesTests {
    let directory = TemporaryDirectory()

    private static let rowCount = 2_000
    /// Long enough to be lent from the mapping, and not copied.
    private static let rowBytes = 24 << 10
    /// What finds rows in a file is resident beside what was read: 64 KiB a file and a look, here.
    private static let besideBytes = 4 << 20

    private func row(_ number: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(truncatingIfNeeded: number &* 31), count: Self.rowBytes)
    }

    private func key(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xff)] }

    /// 48 MB of rows in sorted files, in a data base that lets so much of them be resident.
    private func filled(residentBytesMax: Int) throws -> Database {
        var options = DatabaseOptions()
        options.residentBytesMax = residentBytesMax
        options.writeBufferBytes = 4 << 20
        options.fileBytesMax = 4 << 20
        let database = try Database(path: directory.path(of: "db"), options: options)
        for start in stride(from: 0, to: Self.rowCount, by: 100) {
            var group = WriteGroup()
            for number in start..<start + 100 { group.put(key(number), row(number)) }
            try database.write(group, synced: false)
        }
        database.compact()
        return database
    }

    /// Bytes of this test's sorted files that are mapped and resident.
    private func residentBytes() throws -> Int {
        var sum = 0
        var isOurs = false
        for line in try Self.smaps().split(separator: "\n") {
            if line.contains("-") && line.contains(" r") && line.first?.isHexDigit == true {
                isOurs = line.contains(directory.path)
            } else if isOurs, line.hasPrefix("Rss:") {
                let digits = line.filter(\.isNumber)
                sum += (Int(digits) ?? 0) << 10
            }
        }
        return sum
    }

    /// What the kernel says of the process's memory, in as many pieces as it hands it over:
    /// Foundation takes the first short one for the end.
    private static func smaps() throws -> String {
        let file = unsafe open("/proc/self/smaps", O_RDONLY)
        try #require(file >= 0)
        defer { close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe Glibc.read(file, &piece, piece.count)
            try #require(count >= 0)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += piece[..<count]
        }
    }

    /// Reads all rows, and says how much was resident at most.
    private func read(_ database: borrowing Database) throws -> Int {
        var most = 0
        for number in 0..<Self.rowCount {
            #expect(try database.get(key(number)) == row(number))
            if number.isMultiple(of: 100) { most = max(most, try residentBytes()) }
        }
        return max(most, try residentBytes())
    }

    @Test func staysBelowItsBoundWhateverIsRead() throws {
        let bound = 2 << 20
        let database = try filled(residentBytesMax: bound)
        for _ in 0..<2 {
            let resident = try read(database)
            #expect(resident > 0)
            #expect(resident <= bound + Self.besideBytes)
        }
        let cursor = try allRows(database)
        #expect(cursor == Self.rowCount)
        #expect(try residentBytes() <= bound + Self.besideBytes)
    }

    @Test func keepsAllThatFits() throws {
        let database = try filled(residentBytesMax: 1 << 30)
        #expect(try read(database) >= Self.rowCount * Self.rowBytes / 2)
    }

    @Test func lendsRowsToManyThreadsWhilePagesGo() async throws {
        let database = SharedDatabase(try filled(residentBytesMax: 1 << 20))
        let wrong = await withTaskGroup(of: Int.self) { group in
            for thread in 0..<4 {
                group.addTask {
                    (0..<Self.rowCount).count { number in
                        let number = (number * 7 + thread * 500) % Self.rowCount
                        let bytes = try? database.value.get(key(number))
                        return bytes != row(number)
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }

    private func allRows(_ database: borrowing Database) throws -> Int {
        var cursor = database.cursor()
        var count = 0
        while try cursor.next() { count += 1 }
        return count
    }
}

/// A data base that several tasks read.
private final class SharedDatabase: Sendable {
    let value: Database

    init(_ value: consuming Database) { self.value = value }
}
