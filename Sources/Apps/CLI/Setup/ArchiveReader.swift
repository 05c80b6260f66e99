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
        let head = try ArchiveReader.read(ArchiveFraming.headByteCount, handle, path)
        guard !head.isEmpty else { return nil }
        let count = try ArchiveFraming.byteCount(after: head)
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
            throw Failure(.file, "cannot read \(path): \(Files.reason(error))")
        }
        return bytes
    }
}
