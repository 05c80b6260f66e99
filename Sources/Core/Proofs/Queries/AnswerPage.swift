public import Ledger
public import Primitives
internal import Records

/// What a node answers to a query, with the proof that nothing is left out: one page of it.
///
/// A page is whole for its range of heights. The pages of a long answer follow one another by
/// heights, up or down; each stands by itself. Believed in nothing before an ``Auditor`` has
/// checked it. Source: `docs/formats/proof.md`.
public struct AnswerPage: Hashable, Sendable {
    public let ledger: LedgerID
    public let query: Query
    public let head: ClaimedHead
    /// The heights whose entries the page holds.
    public let heights: HeightRange
    /// Where the query's range of anchoring time begins, and where it ends.
    public let from: TimeBound?
    public let before: TimeBound?
    /// The lists of the terms that together hold every entry that is asked for.
    public let parts: [Part]
    /// What of the page's heights stands without effect: its list, whoever is asked for.
    ///
    /// Nil where that is not shown.
    public let unfit: Part?

    /// The part of one term's list that lies in the page's heights.
    public struct Part: Hashable, Sendable {
        public let term: Term
        /// The term's leaf in the state map; where no entry concerns it, that of the key before.
        public let place: MapProof
        /// Nil where no entry concerns the term.
        public let slice: TermSlice?
        /// The entries of the slice's runs in the page's heights, in ledger order: all of them,
        /// so that the verifier can see for itself which are asked for.
        public let entries: [[UInt8]]

        public init(term: Term, place: MapProof, slice: TermSlice?, entries: [[UInt8]]) {
            self.term = term
            self.place = place
            self.slice = slice
            self.entries = entries
        }
    }

    public init(
        ledger: LedgerID, query: Query, head: ClaimedHead, heights: HeightRange,
        from: TimeBound? = nil, before: TimeBound? = nil, parts: [Part], unfit: Part? = nil
    ) {
        self.unfit = unfit
        self.ledger = ledger
        self.query = query
        self.head = head
        self.heights = heights
        self.from = from
        self.before = before
        self.parts = parts
    }
}

extension AnswerPage {
    /// The bytes of the page; an answer file is one page after the other.
    public func encode() -> [UInt8] {
        let count = (parts + [unfit].compactMap { $0 }).flatMap(\.entries)
            .reduce(0) { $0 + $1.count + 48 }
        var writer = CBORWriter(reservingCapacity: count + 4_096)
        writer.map(unfit == nil ? 9 : 10)
        writer.unsigned(0)
        writer.unsigned(unfit == nil ? 1 : 2)
        writer.unsigned(1)
        writer.digest(ledger.digest)
        writer.unsigned(2)
        query.encode(into: &writer)
        head.encodeFields(headerKey: 3, into: &writer)
        writer.unsigned(5)
        writer.array(2)
        writer.unsigned(heights.first.blocks)
        writer.unsigned(heights.last.blocks)
        for (key, bound) in [(UInt64(6), from), (7, before)] {
            writer.unsigned(key)
            if let bound { bound.encode(into: &writer) } else { writer.null() }
        }
        writer.unsigned(8)
        writer.array(parts.count)
        for part in parts { part.encode(into: &writer) }
        if let unfit {
            writer.unsigned(9)
            unfit.encode(into: &writer)
        }
        return writer.bytes
    }

    /// Reads the page that stands here; a file of several has the next one behind it.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(
        from bytes: inout ArraySlice<UInt8>
    ) throws(ProofFailure) -> AnswerPage {
        do throws(CBORError) {
            var reader = CBORReader(bytes)
            let page = try AnswerPage(from: &reader)
            bytes = bytes.dropFirst(reader.offset)
            return page
        } catch {
            throw ProofFailure(.form, "the page of an answer is malformed: \(error)")
        }
    }

    /// Reads a page from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> AnswerPage {
        try reading("page of an answer", bytes[...]) { reader throws(CBORError) in
            try AnswerPage(from: &reader)
        }
    }

    private init(from reader: inout CBORReader) throws(CBORError) {
        let hasUnfit = try reader.versionedMap(exactly: 9, orInVersion2: 10)
        try reader.key(1)
        ledger = LedgerID(try reader.digest())
        try reader.key(2)
        query = try Query(from: &reader)
        head = try ClaimedHead(headerKey: 3, from: &reader)
        try reader.key(5)
        try reader.array(exactly: 2)
        heights = HeightRange(Height(try reader.unsigned()), Height(try reader.unsigned()))
        try reader.key(6)
        from = try reader.isNull() ? nil : try TimeBound(from: &reader)
        try reader.key(7)
        before = try reader.isNull() ? nil : try TimeBound(from: &reader)
        try reader.key(8)
        var parts: [Part] = []
        for _ in 0..<(try reader.array(atMost: Query.dayCountMax)) {
            parts.append(try Part(from: &reader))
        }
        self.parts = parts
        if hasUnfit { try reader.key(9) }
        unfit = hasUnfit ? try Part(from: &reader) : nil
    }
}

extension AnswerPage.Part {
    func encode(into writer: inout CBORWriter) {
        writer.array(5)
        let key = StateKey.term(term)
        writer.unsigned(UInt64(key.space))
        writer.bytes(key.bytes)
        place.encode(into: &writer)
        if let slice { slice.encode(into: &writer) } else { writer.null() }
        writer.array(entries.count)
        for entry in entries { writer.bytes(entry) }
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 5)
        let start = reader.offset
        let space = UInt8(truncatingIfNeeded: try reader.unsigned("space", atMost: 255))
        let bytes = Array(try reader.bytes(atMost: 64))
        guard case .term(let term) = StateKey(space: space, bytes: bytes) else {
            throw .unexpected(offset: start, expected: "a term", found: "space \(space)")
        }
        self.term = term
        place = try MapProof(from: &reader)
        slice = try reader.isNull() ? nil : try TermSlice(from: &reader)
        var entries: [[UInt8]] = []
        for _ in 0..<(try reader.array(atMost: .max)) {
            entries.append(Array(try reader.bytes(atMost: Entry.evidenceByteCountMax)))
        }
        self.entries = entries
    }
}
