internal import Cryptography
internal import Ledger
internal import Primitives
internal import Proofs
internal import Records

/// Makes one page of the answer to a query: picks the shortest lists, and walks their heights.
struct PageMaker {
    private let nodes: TreeReader
    private let lists: RunLists
    private let request: QueryRequest
    private let genesis: Genesis
    private let head: ClaimedHead
    private var parts: [Part] = []

    /// A page ends with the block that makes its entries as long as this.
    private static let byteCountMax = 4 << 20

    /// A term of the answer, and what of its list the page has so far.
    private struct Part {
        let term: Term
        let place: MapProof
        let slot: UInt32
        let list: RunLists.List
        /// The places of the runs that are left to look at.
        var rest: Range<Int>
        var runs: [TermRun] = []
        var entries: [[[UInt8]]] = []

        /// The height that comes next.
        func next(_ isDown: Bool) -> Height? {
            guard !rest.isEmpty else { return nil }
            return list.heights[isDown ? rest.upperBound - 1 : rest.lowerBound]
        }
    }

    init(
        _ request: QueryRequest, genesis: Genesis, nodes: TreeReader, lists: RunLists,
        head: ClaimedHead
    ) {
        self.request = request
        self.genesis = genesis
        self.nodes = nodes
        self.lists = lists
        self.head = head
    }

    /// The page, given what the state map says of every term that may be needed.
    mutating func page(
        _ state: [Term: StateAnswer.Item]
    ) throws(QueryError) -> QueryAnswer {
        let query = request.query
        let from = try query.anchoredFrom.map { time throws(QueryError) in try bound(time) }
        let before = try query.anchoredBefore.map { time throws(QueryError) in try bound(time) }
        let last = head.header.height
        var asked = HeightRange(from?.height ?? Height(1), last)
        if let before {
            asked = asked.clamped(to: HeightRange(Height(1), Height(before.height.blocks - 1)))
        }
        let range = request.heights.map { $0.clamped(to: asked) } ?? asked
        try choose(from: state, range)
        let (heights, next, rows) = try walk(range)
        guard request.isProved else { return QueryAnswer(page: nil, rows: rows, next: next) }
        var proved: [AnswerPage.Part] = []
        for part in parts {
            proved.append(
                try self.proved(part, heights, isDown: request.isNewestFirst))
        }
        var unfit: AnswerPage.Part?
        if let item = state[.unfit] {
            var part = try part(.unfit, item, heights)
            for height in part.rest.map({ part.list.heights[$0] }) {
                let run = try nodes.run(ofSlot: part.slot, at: height)
                part.runs.append(run)
                part.entries.append(try nodes.entries(of: run, slot: part.slot))
            }
            unfit = try self.proved(part, heights, isDown: false)
        }
        let page = AnswerPage(
            ledger: genesis.ledger, query: query, head: head, heights: heights, from: from?.bound,
            before: before?.bound, parts: proved, unfit: unfit)
        return QueryAnswer(page: page.encode(), rows: [], next: next)
    }

    /// The first height of this time or later, and what shows it.
    private func bound(
        _ time: Timestamp
    ) throws(QueryError) -> (height: Height, bound: TimeBound) {
        let end = head.header.height.blocks + 1
        let first = try (1..<end).partitioningIndex { height throws(QueryError) in
            try nodes.head(Height(height)).header.time >= time
        }
        let before = first > 1 ? try nodes.head(Height(first - 1)).header : nil
        let from = first < end ? try nodes.head(Height(first)) : nil
        return (Height(first), TimeBound(before: before, from: from))
    }

    /// Takes the terms whose lists are shortest together.
    private mutating func choose(
        from state: [Term: StateAnswer.Item], _ range: HeightRange
    ) throws(QueryError) {
        let covers = request.query.covers(under: genesis.parameters).map { terms in
            (terms, terms.reduce(UInt64(0)) { $0 + (state[$1]?.head?.total ?? 0) })
        }
        for term in covers.min(by: { $0.1 < $1.1 })?.0 ?? [] {
            guard let item = state[term] else { throw .noStateMap }
            parts.append(try part(term, item, range))
        }
    }

    /// A term's list, and what of it lies in the heights.
    private func part(
        _ term: Term, _ item: StateAnswer.Item, _ range: HeightRange
    ) throws(QueryError) -> Part {
        guard let place = item.proof ?? item.absence else { throw .noStateMap }
        let slot = UInt32(truncatingIfNeeded: place.slot)
        var list = RunLists.List()
        if let head = item.head { list = try lists.list(ofSlot: slot, head) }
        return Part(
            term: term, place: place, slot: slot, list: list,
            rest: list.places(in: (range.first, range.last)))
    }

    /// Reads block by block until the page is full; says which heights it has and which are left.
    private mutating func walk(
        _ range: HeightRange
    ) throws(QueryError) -> (HeightRange, HeightRange?, [QueryAnswer.Row]) {
        let isDown = request.isNewestFirst
        var rows: [QueryAnswer.Row] = []
        var seen: Set<UInt64> = []
        var byteCount = 0
        while true {
            let nexts = parts.compactMap { $0.next(isDown) }
            guard let height = isDown ? nexts.max() : nexts.min() else { break }
            for index in parts.indices where parts[index].next(isDown) == height {
                let rest = parts[index].rest
                let run = try nodes.run(ofSlot: parts[index].slot, at: height)
                let entries = try read(run, slot: parts[index].slot, &rows, &seen)
                byteCount += entries.reduce(0) { $0 + $1.count + 48 }
                parts[index].rest = isDown ? rest.dropLast() : rest.dropFirst()
                guard request.isProved else { continue }
                parts[index].runs.append(run)
                parts[index].entries.append(entries)
            }
            let isFull =
                UInt64(rows.count) >= max(1, request.rowCount)
                || byteCount >= PageMaker.byteCountMax
            guard isFull, isDown ? height > range.first : height < range.last else { continue }
            rows.sort { $0.leafIndex < $1.leafIndex }
            let below = HeightRange(range.first, Height(height.blocks - 1))
            return isDown
                ? (HeightRange(height, range.last), below, rows)
                : (
                    HeightRange(range.first, height), HeightRange(height.next, range.last), rows
                )
        }
        rows.sort { $0.leafIndex < $1.leafIndex }
        return (range, nil, rows)
    }

    /// The entries of a run; adds those that are asked for to `rows`.
    private func read(
        _ run: TermRun, slot: UInt32, _ rows: inout [QueryAnswer.Row],
        _ seen: inout Set<UInt64>
    ) throws(QueryError) -> [[UInt8]] {
        let entries = try nodes.entries(of: run, slot: slot)
        for (item, bytes) in zip(run.entries, entries) {
            guard let entry = try? Entry.decode(bytes) else {
                throw .damaged("entry \(item.leafIndex)")
            }
            // One that links two pseudonyms of a patient stands in the lists of both.
            if request.query.matches(entry), seen.insert(item.leafIndex).inserted {
                rows.append(
                    QueryAnswer.Row(
                        height: run.height, leafIndex: item.leafIndex, entry: bytes))
            }
        }
        return entries
    }

    /// The part with the neighbours of its runs and the hashes around them.
    private func proved(
        _ part: Part, _ heights: HeightRange, isDown: Bool
    ) throws(QueryError) -> AnswerPage.Part {
        let list = part.list
        let count = list.heights.count
        guard count > 0 else {
            return AnswerPage.Part(term: part.term, place: part.place, slice: nil, entries: [])
        }
        let places = list.places(in: (heights.first, heights.last))
        var runs = isDown ? part.runs.reversed() : part.runs
        let entries = isDown ? part.entries.reversed() : part.entries
        var first = places.lowerBound
        if first > 0 {
            first -= 1
            runs.insert(try nodes.run(ofSlot: part.slot, at: list.heights[first]), at: 0)
        }
        if places.upperBound < count {
            runs.append(
                try nodes.run(ofSlot: part.slot, at: list.heights[places.upperBound]))
        }
        let end = UInt64(first + runs.count)
        let slice = TermSlice(
            firstRun: UInt64(first),
            before: MerkleRange(start: 0, end: UInt64(first)).nodes.map { list.hash(of: $0) },
            runs: runs,
            after: TermSlice.nodes(from: end, to: UInt64(count)).map { list.hash(of: $0) })
        return AnswerPage.Part(
            term: part.term, place: part.place, slice: slice, entries: entries.flatMap { $0 })
    }
}
