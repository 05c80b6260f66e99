internal import Cryptography
public import Ledger
public import Primitives
public import Records

/// The entries that a page proves to be all that its heights hold for the query.
public struct ProvenPage: Sendable {
    public let query: Query
    public let head: ProvenHead
    public let heights: HeightRange
    /// All heights that the query asks for, up to the head; pages together should cover them.
    public let asked: HeightRange
    /// The terms whose lists were proved complete.
    public let terms: [Term]
    /// How many entries of each of those lists lie in the heights, and were looked at.
    public let listedCounts: [Int]
    /// The entries that are asked for, in ledger order.
    public let items: [Item]
    /// The leaves in the heights that stand without effect, whoever they are about, increasing; nil
    /// where the page does not show it.
    public let unfit: [UInt64]?

    /// How many entries were looked at; one that stands in two lists counts twice.
    public var listedCount: Int { listedCounts.reduce(0, +) }

    /// An entry and its place.
    public struct Item: Sendable {
        public let height: Height
        public let leafIndex: UInt64
        public let leafHash: Digest
        public let bytes: [UInt8]
        public let entry: Entry
        /// Whether it stands without effect; nil where the page does not show it.
        public var isUnfit: Bool?

        public init(
            height: Height, leafIndex: UInt64, leafHash: Digest, bytes: [UInt8], entry: Entry
        ) {
            self.height = height
            self.leafIndex = leafIndex
            self.leafHash = leafHash
            self.bytes = bytes
            self.entry = entry
        }
    }
}

extension Auditor {
    /// The entries of a page, once every step has been checked.
    ///
    /// - Throws: ``ProofFailure``, the first step that fails.
    public func verify(_ page: AnswerPage) throws(ProofFailure) -> ProvenPage {
        try agree(.ledger, "the answer's ledger", found: page.ledger, right: ledger)
        let head = try prove(page.head)
        let asked = try askedHeights(of: page, head.header)
        let isInside = !page.heights.isEmpty && page.heights.clamped(to: asked) == page.heights
        guard isInside || asked.isEmpty && page.heights == asked else {
            throw ProofFailure(
                .cover, "the heights are \(page.heights); those asked for are \(asked)")
        }
        try checkEpochs(of: page.query)
        let terms = page.parts.map(\.term)
        let covers = page.query.covers(under: genesis.parameters)
        guard covers.contains(terms) else {
            let right = covers.map { "\($0)" }.joined(separator: " or ")
            throw ProofFailure(.cover, "the lists are those of \(terms); right is \(right)")
        }
        let unfit = try page.unfit.map { (part) throws(ProofFailure) in
            try agree(.cover, "the list of what has no effect", found: part.term, right: .unfit)
            let runs = try runs(of: part, page.heights, head.header)
            return try rows(of: part, runs).map(\.leafIndex)
        }
        let idle = unfit.map { Set($0) }
        var items: [UInt64: ProvenPage.Item] = [:]
        var listedCounts: [Int] = []
        for part in page.parts {
            let runs = try runs(of: part, page.heights, head.header)
            let listed = try rows(of: part, runs)
            listedCounts.append(listed.count)
            // One that links two pseudonyms of a patient stands in both their lists.
            for var item in listed where page.query.matches(item.entry) {
                item.isUnfit = idle?.contains(item.leafIndex)
                items[item.leafIndex] = item
            }
        }
        return ProvenPage(
            query: page.query, head: head, heights: page.heights, asked: asked, terms: terms,
            listedCounts: listedCounts,
            items: items.values.sorted { $0.leafIndex < $1.leafIndex }, unfit: unfit)
    }

    /// Throws unless the epochs that a query names are all those of its range of event time.
    ///
    /// That they follow one another without a gap is a matter of form, and checked before.
    private func checkEpochs(of query: Query) throws(ProofFailure) {
        guard let first = query.epochs.first?.epoch, let last = query.epochs.last?.epoch
        else { return }
        let from = query.happenedFrom.map(epochs.epoch) ?? first
        let before = query.happenedBefore.map {
            epochs.epoch(of: Timestamp(milliseconds: $0.milliseconds &- 1))
        }
        guard from >= first, before ?? last <= last else {
            throw ProofFailure(
                .cover,
                "the answer spans the epochs \(first) to \(last); the days asked for lie in "
                    + "\(from) to \(before ?? last)")
        }
    }

    /// The heights that a query asks for: those of its range of anchoring time.
    private func askedHeights(
        of page: AnswerPage, _ head: BlockHeader
    ) throws(ProofFailure) -> HeightRange {
        var range = HeightRange(Height(1), head.height)
        var bounds: [BlockHeader] = []
        if let time = page.query.anchoredFrom {
            let first = try firstHeight(at: time, page.from, head)
            range = range.clamped(to: HeightRange(first, head.height))
            if let bound = page.from?.from { bounds.append(bound.header) }
        }
        if let time = page.query.anchoredBefore {
            let end = try firstHeight(at: time, page.before, head)
            range = range.clamped(to: HeightRange(Height(1), Height(end.blocks - 1)))
            if let bound = page.before?.from { bounds.append(bound.header) }
        }
        try Auditor.checkOnePast([head] + bounds)
        return range
    }

    /// The first height whose block is of this time or later, as a bound shows it.
    private func firstHeight(
        at time: Timestamp, _ bound: TimeBound?, _ head: BlockHeader
    ) throws(ProofFailure) -> Height {
        guard let bound else {
            throw ProofFailure(.timeRange, "nothing shows which block is the first at \(time)")
        }
        if let before = bound.before, before.time >= time {
            throw ProofFailure(
                .timeRange, "the block before is of \(before.time), not before \(time)")
        }
        let before = bound.before?.hash ?? .zero
        guard let from = bound.from else {
            try agree(.timeRange, "the last header", found: before, right: head.hash)
            return head.height.next
        }
        let header = try signed(from).header
        guard header.time >= time, header.height <= head.height else {
            throw ProofFailure(
                .timeRange, "block \(header.height) is of \(header.time), not at or after \(time)")
        }
        // Zero where there is none: so it is in the first block's header, too.
        try agree(
            .timeRange, "the header before block \(header.height)", found: before,
            right: header.previous)
        return header.height
    }

    /// The runs of a term that lie in the heights: all of them.
    private func runs(
        of part: AnswerPage.Part, _ heights: HeightRange, _ header: BlockHeader
    ) throws(ProofFailure) -> [TermRun] {
        let key = StateKey.term(part.term).digest(in: ledger)
        let place = part.place
        try agree(.termHead, "the state root", found: place.root, right: header.stateRoot)
        guard place.key == key else {
            guard place.excludes(key) else {
                throw ProofFailure(
                    .termHead,
                    "the key of \(part.term) does not fall between \(place.key) and "
                        + "\(place.nextKey)")
            }
            guard part.slice == nil else {
                throw ProofFailure(.completeness, "\(part.term) is absent and has a list")
            }
            return []
        }
        guard let head = TermHead(place.value) else {
            throw ProofFailure(.termHead, "the value of \(part.term) is no head of a list")
        }
        guard let slice = part.slice else {
            throw ProofFailure(.completeness, "the list of \(part.term) is missing")
        }
        return try slice.runs(of: heights, under: head)
    }

    /// The entries of the runs, each checked to be the one at its place.
    private func rows(
        of part: AnswerPage.Part, _ runs: [TermRun]
    ) throws(ProofFailure) -> [ProvenPage.Item] {
        let places = runs.flatMap { run in run.entries.map { (run.height, $0) } }
        try agree(
            .rows, "the count of entries of \(part.term)", found: part.entries.count,
            right: places.count)
        var items: [ProvenPage.Item] = []
        items.reserveCapacity(places.count)
        for ((height, item), bytes) in zip(places, part.entries) {
            try agree(
                .rows, "the hash of the entry at leaf \(item.leafIndex)",
                found: SHA256.leaf(bytes), right: item.leafHash)
            let entry = try step(.rows) { () throws(EntryError) in try Entry.decode(bytes) }
            items.append(
                ProvenPage.Item(
                    height: height, leafIndex: item.leafIndex, leafHash: item.leafHash,
                    bytes: bytes, entry: entry))
        }
        return items
    }
}
