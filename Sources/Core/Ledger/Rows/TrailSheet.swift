internal import Primitives

/// The trail rows that a block writes, one behind the other, by slot.
///
/// The next block's find their room in the same memory.
public struct TrailSheet: Sendable {
    /// The rows, in the order of their slots.
    public private(set) var rows: [Row] = []
    /// As long as the longest sheet was.
    private var room: [UInt8] = []

    /// A row: which slots it has, and where it ends.
    public struct Row: Equatable, Sendable {
        /// Its first slot: it has all others up to the next row's that have a row.
        public let firstSlot: UInt32
        /// How many bytes all rows up to its end have; it begins where the one before ends.
        public let end: Int
    }

    public init() {}

    /// How many bytes the rows have together.
    public var byteCount: Int { rows.last?.end ?? 0 }

    /// Lends all rows.
    public func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(room.span.bytes.extracting(0..<byteCount))
    }

    /// The bytes of a row.
    public func bytes(ofRow place: Int) -> ArraySlice<UInt8> {
        room[(place == 0 ? 0 : rows[place - 1].end)..<rows[place].end]
    }

    /// Begins anew with these rows, which `write` writes.
    mutating func fill(_ rows: [Row], _ write: (inout CBORRoom) -> Void) {
        self.rows = rows
        room.overwrite(cborByteCount: byteCount, write)
    }
}
