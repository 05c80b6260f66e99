public import Ledger
public import Primitives

/// What an archive begins with: which blocks it has, what they stand on, and who signed batches.
///
/// Believed in nothing before an ``ArchiveAuditor`` has checked it. Source:
/// `docs/formats/archive.md`.
public struct ArchiveHead: Hashable, Sendable {
    public let ledger: LedgerID
    public let heights: HeightRange
    /// The block before the first, and the peaks of its ledger tree; nil where that is genesis.
    public let base: Base?
    /// Institutions with their keys, under the state root of a block.
    public let keys: Keys

    /// The block that the archive goes on from.
    public struct Base: Hashable, Sendable {
        public let head: ClaimedHead
        public let peaks: [Digest]

        public init(head: ClaimedHead, peaks: [Digest]) {
            self.head = head
            self.peaks = peaks
        }
    }

    /// Institutions as the state map of one block has them.
    public struct Keys: Hashable, Sendable {
        public let head: ClaimedHead
        public let institutions: [MapProof]

        public init(head: ClaimedHead, institutions: [MapProof]) {
            self.head = head
            self.institutions = institutions
        }
    }

    public init(ledger: LedgerID, heights: HeightRange, base: Base?, keys: Keys) {
        self.ledger = ledger
        self.heights = heights
        self.base = base
        self.keys = keys
    }

    /// The first bytes of every archive.
    public static let magic = Array("custos archive 1\n".utf8)
    /// The longest record, in bytes.
    public static let recordByteCountMax = 64 << 20
}

extension ArchiveHead {
    /// The bytes of the first record.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 4_096)
        writer.map(5)
        writer.unsigned(0)
        writer.unsigned(1)
        writer.unsigned(1)
        writer.digest(ledger.digest)
        writer.unsigned(2)
        writer.array(2)
        writer.unsigned(heights.first.blocks)
        writer.unsigned(heights.last.blocks)
        writer.unsigned(3)
        if let base {
            writer.array(3)
            base.head.encode(into: &writer)
            writer.path(base.peaks)
        } else {
            writer.null()
        }
        writer.unsigned(4)
        writer.array(3)
        keys.head.encode(into: &writer)
        writer.array(keys.institutions.count)
        for institution in keys.institutions { institution.encode(into: &writer) }
        return writer.bytes
    }

    /// Reads the first record from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> ArchiveHead {
        try reading("head of the archive", bytes[...]) { reader throws(CBORError) in
            try ArchiveHead(from: &reader)
        }
    }

    private init(from reader: inout CBORReader) throws(CBORError) {
        try reader.versionedMap(exactly: 5)
        try reader.key(1)
        ledger = LedgerID(try reader.digest())
        try reader.key(2)
        try reader.array(exactly: 2)
        heights = HeightRange(
            Height(try reader.unsigned("height", atMost: 1 << 62)),
            Height(try reader.unsigned("height", atMost: 1 << 62)))
        try reader.key(3)
        if try reader.isNull() {
            base = nil
        } else {
            try reader.array(exactly: 3)
            base = Base(head: try ClaimedHead(from: &reader), peaks: try reader.path())
        }
        try reader.key(4)
        try reader.array(exactly: 3)
        let head = try ClaimedHead(from: &reader)
        let institutions = try reader.list(atMost: 65_536) { reader throws(CBORError) in
            try MapProof(from: &reader)
        }
        keys = Keys(head: head, institutions: institutions)
    }
}
