/// How records follow each other in an archive file: each after its length, in four bytes with the
/// most significant first.
///
/// Source: `docs/formats/archive.md`.
public enum ArchiveFraming {
    /// How many bytes stand before a record.
    public static let headByteCount = 4

    /// What stands before a record.
    public static func head(of record: [UInt8]) -> [UInt8] {
        let count = UInt32(record.count)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> UInt32($0)) }
    }

    /// How many bytes the record has before which this stands.
    ///
    /// - Throws: ``ProofFailure`` where it is no length, or one that no record has.
    public static func byteCount(after head: some Collection<UInt8>) throws(ProofFailure) -> Int {
        let count = head.reduce(0) { $0 << 8 | Int($1) }
        guard head.count == headByteCount, count <= ArchiveHead.recordByteCountMax else {
            throw ProofFailure(.form, "a record of the archive has no length, or too great a one")
        }
        return count
    }
}
