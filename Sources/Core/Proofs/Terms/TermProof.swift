public import Ledger
public import Primitives

/// The complete list of the entries of a term, with the proof that it is complete.
///
/// Complete means: as anchored, up to the header's height. Believed in nothing before an
/// ``Auditor`` has checked it. Source: `docs/formats/proof.md`.
public struct TermProof: Hashable, Sendable {
    public let ledger: LedgerID
    public let term: Term
    public let head: ClaimedHead
    /// The term's leaf in the state map; where no entry concerns the term, that of the key before.
    public let place: MapProof
    /// All runs, in the order of their heights; none where the term is absent.
    public let runs: [TermRun]

    /// The most runs that a proof may hold.
    public static let runCountMax = 1 << 22

    public init(
        ledger: LedgerID, term: Term, head: ClaimedHead, place: MapProof, runs: [TermRun]
    ) {
        self.ledger = ledger
        self.term = term
        self.head = head
        self.place = place
        self.runs = runs
    }
}

extension TermProof {
    /// The bytes of the proof.
    public func encode() -> [UInt8] {
        let items = runs.reduce(0) { $0 + $1.entries.count }
        var writer = CBORWriter(reservingCapacity: 2_048 + 16 * runs.count + 44 * items)
        writer.map(7)
        writer.unsigned(0)
        writer.unsigned(1)
        writer.unsigned(1)
        writer.digest(ledger.digest)
        writer.unsigned(2)
        writer.array(2)
        let key = StateKey.term(term)
        writer.unsigned(UInt64(key.space))
        writer.bytes(key.bytes)
        head.encodeFields(headerKey: 3, into: &writer)
        writer.unsigned(5)
        place.encode(into: &writer)
        writer.unsigned(6)
        writer.array(runs.count)
        for run in runs {
            writer.array(2)
            writer.unsigned(run.height.blocks)
            writer.array(run.entries.count)
            for item in run.entries {
                writer.array(2)
                writer.unsigned(item.leafIndex)
                writer.digest(item.leafHash)
            }
        }
        return writer.bytes
    }

    /// Reads a term proof from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> TermProof {
        try reading("term proof", bytes[...]) { reader throws(CBORError) in
            try TermProof(from: &reader)
        }
    }

    private init(from reader: inout CBORReader) throws(CBORError) {
        try reader.versionedMap(exactly: 7)
        try reader.key(1)
        ledger = LedgerID(try reader.digest())
        try reader.key(2)
        let start = reader.offset
        try reader.array(exactly: 2)
        let space = UInt8(truncatingIfNeeded: try reader.unsigned("space", atMost: 255))
        let bytes = Array(try reader.bytes(atMost: 64))
        guard case .term(let term) = StateKey(space: space, bytes: bytes) else {
            throw .unexpected(offset: start, expected: "a term", found: "space \(space)")
        }
        self.term = term
        head = try ClaimedHead(headerKey: 3, from: &reader)
        try reader.key(5)
        place = try MapProof(from: &reader)
        try reader.key(6)
        var runs: [TermRun] = []
        var total: UInt64 = 0
        for _ in 0..<(try reader.array(atMost: TermProof.runCountMax)) {
            let run = try TermProof.run(from: &reader, totalBefore: total)
            total += UInt64(run.entries.count)
            runs.append(run)
        }
        self.runs = runs
    }

    private static func run(
        from reader: inout CBORReader, totalBefore: UInt64
    ) throws(CBORError) -> TermRun {
        try reader.array(exactly: 2)
        let height = Height(try reader.unsigned())
        var items: [TermRun.Item] = []
        for _ in 0..<(try reader.array(atMost: .max)) {
            try reader.array(exactly: 2)
            items.append(
                TermRun.Item(
                    leafIndex: try reader.unsigned(), leafHash: try reader.digest()))
        }
        return TermRun(height: height, totalBefore: totalBefore, entries: items)
    }
}
