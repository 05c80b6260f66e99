internal import Consensus
public import Cryptography
public import Primitives
public import Records

/// A batch that an institution signed, whose entries have their form, numbers and shape.
///
/// What depends on the state of the day (numbers, expiry, credentials) is checked when a block is
/// made. Leaf hashes are computed once, here, and serve the batch's tree and the ledger's.
public struct VerifiedBatch: Sendable {
    /// Shared, so that a batch that is handed on costs one count and not one for each part.
    private let shared: Shared

    /// All that a batch is.
    struct Parts: Sendable {
        let header: BatchHeader
        let digest: Digest
        let bytes: [UInt8]
        let signedHeader: ArraySlice<UInt8>
        let entryBytes: [ArraySlice<UInt8>]
        let entries: [Entry]
        let listing: BatchListing
        let leafHashes: [Digest]
        let submitKey: PublicKey
        let entriesByteCount: Int
        let nextNumber: UInt64
        let watched: [Int]
        let authorKeys: [Int: PublicKey]
    }

    private final class Shared: Sendable {
        let parts: Parts

        init(_ parts: Parts) {
            self.parts = parts
        }
    }

    init(_ parts: Parts) {
        shared = Shared(parts)
    }

    public var header: BatchHeader { shared.parts.header }
    /// The batch's name.
    public var digest: Digest { shared.parts.digest }
    /// The whole batch as it came: what is stored and sent on.
    public var bytes: [UInt8] { shared.parts.bytes }
    /// The COSE_Sign1 in the bytes that came.
    public var signedHeader: ArraySlice<UInt8> { shared.parts.signedHeader }
    /// The entries' bytes, in order.
    public var entryBytes: [ArraySlice<UInt8>] { shared.parts.entryBytes }
    /// The entries as read, in order.
    public var entries: [Entry] { shared.parts.entries }
    /// What the entries are listed under.
    var listing: BatchListing { shared.parts.listing }
    /// The entries' leaf hashes, in order.
    public var leafHashes: [Digest] { shared.parts.leafHashes }
    /// The key that signed.
    public var submitKey: PublicKey { shared.parts.submitKey }
    /// How many bytes the entries have together.
    public var entriesByteCount: Int { shared.parts.entriesByteCount }
    /// The number of the stream's next entry after this batch.
    public var nextNumber: UInt64 { shared.parts.nextNumber }
    /// The places of entries about which a block's admission asks the state, increasing.
    var watched: [Int] { shared.parts.watched }
    /// By entry, the key that the author's signature was found to hold under.
    var authorKeys: [Int: PublicKey] { shared.parts.authorKeys }
}

extension UnverifiedBatch {
    /// The same batch, now known to be signed by its issuer, with entries of the right form.
    ///
    /// Costs one signature check, one leaf hash an entry, and one signature check for each entry
    /// that an author signed.
    ///
    /// - Throws: ``BatchRefusal``, the first that is found.
    public func verify(against state: LedgerState) throws(BatchRefusal) -> VerifiedBatch {
        guard header.ledger == state.ledger else {
            throw .wrongLedger(found: header.ledger, right: state.ledger)
        }
        guard let institution = state.institution(header.issuer) else {
            throw .unknownInstitution(header.issuer)
        }
        guard let key = institution.submitKey(header.stream) else {
            throw .unknownStream(header.issuer, header.stream)
        }
        let byteCount = try checkSizes()
        do throws(CryptographyError) {
            _ = try signature.verified(
                by: key, as: .batch, check: state.signatureCheck.isValid)
        } catch {
            throw .signedHeader(error)
        }
        let leafHashes = leafHashes
        let root = MerkleTree.root(of: leafHashes)
        guard root == header.root else { throw .wrongRoot(signed: header.root, found: root) }
        var reading = EntryReading(batch: header)
        for (index, bytes) in entries.enumerated() {
            do throws(EntryRefusal) {
                try reading.read(bytes)
            } catch {
                throw .entry(index: index, error)
            }
        }
        return VerifiedBatch(
            VerifiedBatch.Parts(
                header: header, digest: digest, bytes: bytes, signedHeader: signedHeader,
                entryBytes: entries, entries: reading.entries, listing: reading.listing,
                leafHashes: leafHashes, submitKey: key, entriesByteCount: byteCount,
                nextNumber: reading.nextNumber, watched: reading.watched,
                authorKeys: state.authorKeys(of: reading.entries)))
    }

    private func checkSizes() throws(BatchRefusal) -> Int {
        guard header.count == entries.count else {
            throw .wrongCount(signed: header.count, found: entries.count)
        }
        let byteCount = entries.reduce(0) { $0 + $1.count }
        guard byteCount <= BatchHeader.entriesByteCountMax else {
            throw .oversize(byteCount: byteCount, limit: BatchHeader.entriesByteCountMax)
        }
        return byteCount
    }
}

/// Reads the entries of a batch one by one, and checks what does not depend on any state.
private struct EntryReading {
    let batch: BatchHeader
    private(set) var entries: [Entry] = []
    private(set) var listing: BatchListing
    private(set) var nextNumber: UInt64
    private(set) var watched: [Int] = []

    init(batch: BatchHeader) {
        self.batch = batch
        nextNumber = batch.firstNumber
        listing = BatchListing(reservingCapacity: batch.count)
        entries.reserveCapacity(batch.count)
    }

    mutating func read(_ bytes: ArraySlice<UInt8>) throws(EntryRefusal) {
        var entry: Entry
        do throws(EntryError) {
            entry = try Entry.decode(bytes)
            if entry.kind == .statement {
                entry = entry.carried(by: batch.issuer, batch.stream, number: nextNumber)
            }
            try entry.checkShape()
        } catch {
            throw .form(error)
        }
        guard entry.issuer == batch.issuer else {
            throw .wrongIssuer(found: entry.issuer, right: batch.issuer)
        }
        guard entry.stream == batch.stream else {
            throw .wrongStream(found: entry.stream, right: batch.stream)
        }
        guard entry.number == nextNumber else {
            throw .wrongNumber(found: entry.number, right: nextNumber)
        }
        nextNumber = entry.nextNumber
        if entry.isWatched { watched.append(entries.count) }
        listing.add(entry)
        entries.append(entry)
    }
}
