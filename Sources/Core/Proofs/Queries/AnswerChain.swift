internal import Ledger
internal import Primitives

/// Puts the pages of one answer together, and says how far they reach.
///
/// Pages come in the order of their heights, up or down, as they were asked for. The answer is
/// whole when no height of those asked for is left out between the first page and the last.
public struct AnswerChain: Sendable {
    /// The heights of all pages so far.
    public private(set) var heights: HeightRange?
    /// The heights that were asked for, as of the first page.
    public private(set) var asked: HeightRange?
    /// The newest head that a page so far stands under.
    public private(set) var head: ProvenHead?
    private var query: Query?
    private var goesDown: Bool?

    public init() {}

    /// Takes in the next page.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/cover`` where it is of another query, or
    ///   does not follow the page before, and at ``ProofStep/fork`` where it is of another past.
    public mutating func append(_ page: ProvenPage) throws(ProofFailure) {
        try follow(page)
        if let head { try Auditor.checkOnePast([head.header, page.head.header]) }
        if head.map({ $0.header.height < page.head.header.height }) ?? true { head = page.head }
    }

    private mutating func follow(_ page: ProvenPage) throws(ProofFailure) {
        guard let heights, let asked else {
            heights = page.heights
            asked = page.asked
            query = page.query
            return
        }
        guard page.query == query else {
            throw ProofFailure(.cover, "a page answers another query than the first one")
        }
        guard !heights.isEmpty, !page.heights.isEmpty else {
            throw ProofFailure(.cover, "a page follows one of no block, or is one itself")
        }
        let isAbove = page.heights.first == heights.last.next
        let isBelow = page.heights.last.next == heights.first
        guard isAbove && goesDown != true || isBelow && goesDown != false else {
            throw ProofFailure(
                .cover, "a page of heights \(page.heights) does not follow those of \(heights)")
        }
        goesDown = isBelow
        self.heights = HeightRange(
            min(heights.first, page.heights.first), max(heights.last, page.heights.last))
        // Pages that go up may reach blocks that were not there when the first was asked for; a
        // block that comes while they are fetched makes nothing of what was asked for missing.
        if isAbove { self.asked = HeightRange(asked.first, max(asked.last, page.heights.last)) }
    }

    /// Whether nothing that was asked for is missing.
    public var isWhole: Bool { heights != nil && heights == asked }
}
