internal import Interop
internal import Primitives

/// One table of a region, read draft by draft, with the time at which each was anchored.
struct OfflineTable {
    private var input: CSVImport
    /// The draft that comes next; nil at the end.
    private(set) var head: Draft?
    /// When it was anchored: the latest time that the table has come to.
    private(set) var anchored = Timestamp(milliseconds: .min)

    init(_ input: CSVImport) throws {
        self.input = input
        try advance()
    }

    /// Goes on to the next draft.
    ///
    /// - Throws: ``Failure`` at a row that cannot be read: a region is whole or it is none.
    mutating func advance() throws {
        head = nil
        while let event = try input.next() {
            switch event {
            case .draft(let draft):
                head = draft
                anchored = max(anchored, draft.eventTime)
                return
            case .problem(let problem): throw Failure(.file, "\(problem)")
            case .progress: continue
            }
        }
    }
}
