internal import Glibc
internal import Ledger
internal import Primitives
internal import Proofs
public import Storage

/// Writes an archive file, record after record (`docs/formats/archive.md`).
public struct ArchiveWriter: ~Copyable {
    private let file: File
    public private(set) var byteCount: Int

    /// Makes the file, or begins it anew.
    public init(_ path: String) throws(StorageError) {
        let file = try File(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
        try file.write(ArchiveHead.magic, at: 0)
        byteCount = ArchiveHead.magic.count
        self.file = file
    }

    public mutating func add(_ record: [UInt8]) throws(StorageError) {
        try put(ArchiveFraming.head(of: record) + record)
    }

    /// Returns when all of it is on the disk.
    public func sync() throws(StorageError) {
        try file.sync()
    }

    private mutating func put(_ bytes: [UInt8]) throws(StorageError) {
        try file.write(bytes, at: byteCount)
        byteCount += bytes.count
    }
}

/// Reads an archive file, record after record.
final class ArchiveFile {
    let path: String
    private let file: File
    private let byteCount: Int
    private var offset: Int

    init(_ path: String) throws(NodeError) {
        self.path = path
        do throws(StorageError) {
            let file = try File(path, flags: O_RDONLY)
            byteCount = try file.byteCount()
            let magic = try file.read(at: 0, count: ArchiveHead.magic.count)
            offset = magic == ArchiveHead.magic ? magic.count : -1
            self.file = file
        } catch {
            throw .storage(error)
        }
        guard offset > 0 else { throw damage("it does not begin as an archive does") }
    }

    /// The next record; nil at the end of the file.
    func next() throws(NodeError) -> [UInt8]? {
        guard offset < byteCount else { return nil }
        let head = try read(ArchiveFraming.headByteCount)
        let count: Int
        do throws(ProofFailure) {
            count = try ArchiveFraming.byteCount(after: head)
        } catch {
            throw damage("\(error)")
        }
        // What is said to come is read only where it can be there.
        guard count <= byteCount - offset else {
            throw damage("its last record has \(byteCount - offset) bytes of \(count)")
        }
        return try read(count)
    }

    /// Checks the whole file as a stranger would who has the chain of validators; returns its
    /// heights.
    static func verify(
        _ path: String, genesis: Genesis, chain: GovernanceChain = GovernanceChain(links: [])
    ) throws(NodeError) -> HeightRange {
        let file = try ArchiveFile(path)
        guard let head = try file.next() else { throw file.damage("it is empty") }
        do throws(ProofFailure) {
            var auditor = try ArchiveAuditor(head, genesis: genesis, chain: chain)
            while let record = try file.take() { try auditor.take(record) }
            guard auditor.isWhole else {
                throw ProofFailure(.form, "it ends before block \(auditor.heights.last)")
            }
            return auditor.heights
        } catch {
            throw file.damage("\(error)")
        }
    }

    /// The next record as a block, where a failure of the disk counts as one of the file.
    private func take() throws(ProofFailure) -> ArchiveBlock? {
        let record: [UInt8]?
        do throws(NodeError) {
            record = try next()
        } catch {
            throw ProofFailure(.form, "\(error)")
        }
        guard let record else { return nil }
        return try ArchiveBlock.decode(record)
    }

    private func read(_ count: Int) throws(NodeError) -> [UInt8] {
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try file.read(at: offset, count: count)
        } catch {
            throw .storage(error)
        }
        guard bytes.count == count else {
            throw damage("its last record has \(bytes.count) bytes of \(count)")
        }
        offset += count
        return bytes
    }

    func damage(_ detail: String) -> NodeError {
        .damaged(what: "the archive \(path)", detail: detail)
    }
}
