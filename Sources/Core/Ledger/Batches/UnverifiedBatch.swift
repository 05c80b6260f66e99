internal import Cryptography
public import Primitives
public import Records

/// A batch as it came from anybody: well-formed, and believed in nothing yet.
///
/// ``verify(ledger:institutions:credentials:)`` is the only way on.
public struct UnverifiedBatch: Sendable {
    /// The whole batch as it came: what is stored and sent on.
    public let bytes: [UInt8]
    /// What the signed header claims.
    public let header: BatchHeader
    /// The COSE_Sign1 in the bytes that came.
    public let signedHeader: ArraySlice<UInt8>
    /// SHA-256 of ``signedHeader``: the batch's name.
    public let digest: Digest
    /// The entries' bytes, in order.
    public let entries: [ArraySlice<UInt8>]

    let signature: UnverifiedSign1

    /// The longest batch, in bytes: its entries, their heads and the signed header.
    public static let byteCountMax = BatchHeader.entriesByteCountMax + 5 * 4_096 + 2_048

    /// The batch with exactly these bytes.
    ///
    /// - Throws: ``BatchRefusal/malformed(_:)``, ``BatchRefusal/signedHeader(_:)``,
    ///   ``BatchRefusal/oversize(byteCount:limit:)``.
    public init(decoding bytes: [UInt8]) throws(BatchRefusal) {
        guard bytes.count <= UnverifiedBatch.byteCountMax else {
            throw .oversize(byteCount: bytes.count, limit: UnverifiedBatch.byteCountMax)
        }
        let parts: Parts
        do throws(LedgerError) {
            parts = try reading("batch", bytes[...]) { reader throws(CBORError) in
                try Parts(from: &reader)
            }
        } catch {
            throw .malformed(error)
        }
        self.bytes = bytes
        signedHeader = parts.signedHeader
        entries = parts.entries
        digest = SHA256.hash(parts.signedHeader)
        do throws(CryptographyError) {
            signature = try UnverifiedSign1(decoding: parts.signedHeader)
        } catch {
            throw .signedHeader(error)
        }
        guard let payload = signature.payload else {
            throw .signedHeader(.payload(detached: true))
        }
        do throws(LedgerError) {
            header = try BatchHeader.decode(payload)
        } catch {
            throw .malformed(error)
        }
    }

    private struct Parts {
        let signedHeader: ArraySlice<UInt8>
        let entries: [ArraySlice<UInt8>]

        init(from reader: inout CBORReader) throws(CBORError) {
            try reader.array(exactly: 3)
            try reader.version(1)
            signedHeader = try reader.bytes(atMost: 1_024)
            let start = reader.offset
            let count = try reader.array(atMost: BatchHeader.entryCountMax)
            guard count > 0 else {
                throw .unexpected(
                    offset: start, expected: "1 to 4096 entries", found: "an empty array")
            }
            var entries: [ArraySlice<UInt8>] = []
            entries.reserveCapacity(count)
            for _ in 0..<count { entries.append(try reader.bytes()) }
            self.entries = entries
        }
    }
}

extension UnverifiedBatch {
    /// The hashes of the entries as leaves of a tree, in order; each costs its hash anew.
    public var leafHashes: [Digest] {
        // Entries are slices of the batch's bytes, and keep their places.
        unsafe SHA256.leaves(at: entries.map(\.indices), in: bytes.span.bytes)
    }

    /// The bytes of one entry of a batch that lies on this node's disk, of which nothing else is
    /// read; nil where there is no such entry.
    public static func entry(_ place: Int, in bytes: RawSpan) -> [UInt8]? {
        var offset = 0
        guard let count = BatchPieces.entries(in: bytes, at: &offset), place >= 0, place < count
        else { return nil }
        for _ in 0..<place where bytes.cborBytes(at: &offset) == nil { return nil }
        return bytes.cborBytes(at: &offset).map { range in
            unsafe bytes.extracting(range).withUnsafeBytes { unsafe [UInt8]($0) }
        }
    }

    /// The entries as read, each with issuer, stream and number; nothing else of them is checked.
    ///
    /// - Throws: ``EntryError`` where one cannot be read.
    public func readEntries() throws(EntryError) -> [Entry] {
        var number = header.firstNumber
        var read: [Entry] = []
        read.reserveCapacity(entries.count)
        for bytes in entries {
            let entry = try Entry.decode(bytes)
                .carried(by: header.issuer, header.stream, number: number)
            number = entry.nextNumber
            read.append(entry)
        }
        return read
    }
}
