internal import Foundation
internal import Primitives
internal import Proofs

/// Reads the records of an archive file one by one.
struct ArchiveReader {
    private let handle: FileHandle
    private let path: String

    /// The archive at a path; nil where the file is none.
    init?(_ path: String) throws(Failure) {
        self.path = path
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Failure(.file, "cannot read \(path)")
        }
        self.handle = handle
        let start = try ArchiveReader.read(ArchiveHead.magic.count, handle, path)
        guard start == ArchiveHead.magic else { return nil }
    }

    /// The next record; nil at the end of the file.
    func next() throws -> [UInt8]? {
        let head = try ArchiveReader.read(4, handle, path)
        guard !head.isEmpty else { return nil }
        let count = head.reduce(0) { $0 << 8 | Int($1) }
        guard head.count == 4, count <= ArchiveHead.recordByteCountMax else {
            throw ProofFailure(.form, "a record of the archive has no length, or too great a one")
        }
        let record = try ArchiveReader.read(count, handle, path)
        guard record.count == count else {
            throw ProofFailure(
                .form, "the last record has \(record.count) bytes; right would be \(count)")
        }
        return record
    }

    private static func read(
        _ count: Int, _ handle: FileHandle, _ path: String
    ) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            while bytes.count < count,
                let data = try handle.read(upToCount: count - bytes.count), !data.isEmpty
            {
                bytes += data
            }
        } catch {
            throw Failure(.file, "cannot read \(path): \(error)")
        }
        return bytes
    }
}

/// Writes an archive file, record after record.
struct ArchiveWriter {
    private let handle: FileHandle
    private(set) var byteCount = 0

    init(_ path: String) throws(Failure) {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw Failure(.file, "cannot write \(path)") }
        self.handle = handle
        try put(ArchiveHead.magic)
    }

    mutating func add(_ record: [UInt8]) throws(Failure) {
        let count = UInt32(record.count)
        try put([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> UInt32($0)) } + record)
    }

    /// Makes sure that all of it is on the disk.
    func sync() throws(Failure) {
        do {
            try handle.synchronize()
        } catch {
            throw Failure(.file, "the archive is not on the disk: \(error)")
        }
    }

    private mutating func put(_ bytes: [UInt8]) throws(Failure) {
        do {
            try handle.write(contentsOf: Data(bytes))
        } catch {
            throw Failure(.file, "the archive cannot be written: \(error)")
        }
        byteCount += bytes.count
    }
}
