internal import Consensus
internal import Cryptography
internal import Ledger
internal import Primitives
public import Proofs

/// What a node that lies has at hand: its honest page, and other things that are true.
public struct LieMaterial: Sendable {
    /// A page of one patient's list, for blocks in the middle of it: at least three entries in at
    /// least two blocks, and neighbours on both sides; of a range of anchoring time.
    public let honest: AnswerPage
    /// The same blocks, for another patient, who has entries in them.
    public let another: AnswerPage
    /// The same blocks, for somebody of whom the ledger says nothing.
    public let stranger: AnswerPage
    /// A head below those blocks' last, that a quorum signed.
    public let older: ClaimedHead

    public init(
        honest: AnswerPage, another: AnswerPage, stranger: AnswerPage, older: ClaimedHead
    ) {
        self.honest = honest
        self.another = another
        self.stranger = stranger
        self.older = older
    }

    var part: AnswerPage.Part { honest.parts[0] }
    var head: ClaimedHead { honest.head }
}

/// A way to bend an honest page into a lie, and the steps at which that must be refused.
///
/// The same lies are told to the auditor directly and, by a running server, to the commands.
public struct AnswerLie: Sendable {
    public let name: String
    public let steps: [ProofStep]
    public let page: @Sendable (LieMaterial) -> AnswerPage

    private init(
        _ name: String, at steps: ProofStep...,
        page: @escaping @Sendable (LieMaterial) -> AnswerPage
    ) {
        self.name = name
        self.steps = steps
        self.page = page
    }

    /// A lie about the list and its rows.
    private static func bend(
        _ name: String, at step: ProofStep,
        _ change: @escaping @Sendable (inout SliceParts, inout [[UInt8]]) -> Void
    ) -> AnswerLie {
        AnswerLie(name, at: step) { material in
            guard let slice = material.part.slice else { return material.honest }
            var parts = SliceParts(slice)
            var entries = material.part.entries
            change(&parts, &entries)
            return material.honest.with(
                part: AnswerPage.Part(
                    term: material.part.term, place: material.part.place, slice: parts.slice,
                    entries: entries))
        }
    }

    public static var all: [AnswerLie] { truncated + rows + subjects + heads }

    /// Something is left out.
    private static let truncated = [
        bend("without the last row", at: .rows) { _, rows in rows.removeLast() },
        bend("without the first row", at: .rows) { _, rows in rows.removeFirst() },
        bend("without a block of the list and its rows", at: .completeness) { slice, rows in
            let cut = slice.runs.remove(at: 1)
            rows.removeFirst(cut.entries.count)
        },
        bend("without the neighbour after", at: .completeness) { slice, _ in
            slice.runs.removeLast()
        },
        bend("without the neighbour before", at: .completeness) { slice, _ in
            slice.runs.removeFirst()
        },
        bend("without anything", at: .completeness) { slice, rows in
            slice.runs = []
            rows = []
        },
        AnswerLie("without the list", at: .completeness) { material in
            material.honest.with(
                part: AnswerPage.Part(
                    term: material.part.term, place: material.part.place, slice: nil,
                    entries: []))
        },
        AnswerLie("without any list", at: .cover) { $0.honest.with(parts: []) },
    ]

    /// The rows are others than those of the list.
    private static let rows = [
        bend("two rows swapped", at: .rows) { _, rows in rows.swapAt(0, 1) },
        bend("one row twice", at: .rows) { _, rows in rows[1] = rows[0] },
        bend("a bit of a row changed", at: .rows) { _, rows in
            rows[0][rows[0].count - 1] ^= 1
        },
        bend("one row more", at: .rows) { _, rows in rows.append(rows[0]) },
        bend("an entry added to a block of the list", at: .completeness) { slice, rows in
            let run = slice.runs[1]
            let extra = TermRun.Item(leafIndex: 0, leafHash: SHA256.leaf(rows[0]))
            slice.runs[1] = TermRun(
                height: run.height, totalBefore: run.totalBefore, entries: run.entries + [extra])
            rows.insert(rows[0], at: run.entries.count)
        },
    ]

    /// The list is somebody else's.
    private static let subjects = [
        AnswerLie("another patient's list", at: .cover) {
            $0.honest.with(part: $0.another.parts[0])
        },
        AnswerLie("another patient's list under this one's name", at: .termHead) { material in
            let theirs = material.another.parts[0]
            return material.honest.with(
                part: AnswerPage.Part(
                    term: material.part.term, place: theirs.place, slice: theirs.slice,
                    entries: theirs.entries))
        },
        // Where the stranger's key would come right after the patient's, the place shown is the
        // patient's own, and what is missing is its list.
        AnswerLie("that there is no such patient", at: .termHead, .completeness) { material in
            material.honest.with(
                part: AnswerPage.Part(
                    term: material.part.term, place: material.stranger.parts[0].place,
                    slice: nil, entries: []))
        },
        AnswerLie("this list twice", at: .cover) {
            $0.honest.with(parts: [$0.part, $0.part])
        },
    ]

    /// The head is not one under which the list stands, or the range of time begins elsewhere.
    private static let heads = [
        AnswerLie("a head that no quorum signed", at: .commitProof, .form) { material in
            let proof = material.head.commitProof
            return material.honest.with(
                head: ClaimedHead(
                    header: material.head.header,
                    commitProof: CommitProof(
                        height: proof.height, round: proof.round, block: proof.block,
                        precommits: Array(proof.precommits.prefix(proof.precommits.count / 2)))))
        },
        AnswerLie("signatures of another block", at: .header) { material in
            material.honest.with(
                head: ClaimedHead(
                    header: material.head.header, commitProof: material.older.commitProof))
        },
        AnswerLie("an older head for newer proofs", at: .termHead, .cover, .timeRange) {
            $0.honest.with(head: $0.older)
        },
        AnswerLie("no beginning of the range of time", at: .timeRange) {
            $0.honest.with(from: nil)
        },
        AnswerLie("a range of time that begins too late", at: .timeRange) { material in
            material.honest.with(from: TimeBound(before: nil, from: material.head))
        },
    ]
}

/// A slice that can be bent.
private struct SliceParts {
    var firstRun: UInt64
    var before: [Digest]
    var runs: [TermRun]
    var after: [Digest]

    init(_ slice: TermSlice) {
        firstRun = slice.firstRun
        before = slice.before
        runs = slice.runs
        after = slice.after
    }

    var slice: TermSlice {
        TermSlice(firstRun: firstRun, before: before, runs: runs, after: after)
    }
}

extension AnswerPage {
    public func with(part: Part) -> AnswerPage { with(parts: [part]) }

    public func with(
        query: Query? = nil, head: ClaimedHead? = nil, heights: HeightRange? = nil,
        parts: [Part]? = nil
    ) -> AnswerPage {
        AnswerPage(
            ledger: ledger, query: query ?? self.query, head: head ?? self.head,
            heights: heights ?? self.heights, from: from, before: before,
            parts: parts ?? self.parts)
    }

    public func with(from bound: TimeBound?) -> AnswerPage {
        AnswerPage(
            ledger: ledger, query: query, head: head, heights: heights, from: bound,
            before: before, parts: parts)
    }
}
