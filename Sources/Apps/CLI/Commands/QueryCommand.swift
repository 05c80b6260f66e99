internal import ArgumentParser
internal import Cryptography
internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Records

/// Lists what the ledger says of somebody, with the proof that nothing is left out.
struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "List what the ledger says of a patient, practitioner, institution or claim.",
        discussion: """
            The node sends whole lists with their proof, page by page, and this command checks \
            each against the genesis before it prints: a node that leaves out a row is found \
            out. Asking about a patient is an access, and is anchored as one. The answer is \
            complete as anchored, for the blocks that are named; --out keeps it for `custos \
            verify`, and --format writes its rows for other programs, with a last line that says \
            what was asked and under which block; `custos verify ROWS --answer FILE` holds them \
            against it. Where more is left, it says how to go on. With --head, the answer must be \
            as new as a head that you trust, and go on from it: another past, though its keys be \
            right, and an old answer are refused.

            A patient goes by another pseudonym in each epoch of the ledger. Over several epochs \
            the answer has one proof for each: by --epochs, or by the days of --from and --to, on \
            a node that holds the patient's key; or by --person, where the patient is known.

            Examples:
              custos query patient 0f1e…  --node devnet/regulator
              custos query patient 0f1e… --epochs 18-20 --out trail.answer
              custos query --person Patient/4711 --from 2020-01-01 --to 2022-01-01
              custos query practitioner 5a6b… --action read --from 2021-05-01 --to 2021-06-01
              custos query institution county-hospital --kind claim --limit 20 --json
              custos query --basis break-glass --format csv --out glass.answer > glass.csv
              custos query patient 0f1e… --oldest-first --out trail.answer
              custos query --rule PR-03 --anchored-from 2026-03-01 --anchored-to 2026-04-01
              custos query patient 0f1e… --head june.head --node devnet/regulator
              custos verify trail.answer --genesis devnet/county.genesis
              custos verify glass.csv --answer glass.answer --genesis devnet/county.genesis
            """)

    enum Subject: String, ExpressibleByArgument, CaseIterable {
        case patient
        case practitioner
        case institution
        case claim
        case prescription
    }

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case csv
        case ndjson
        case fhir
    }

    @Argument(help: "Whose: patient, practitioner, institution, claim or prescription.")
    var subject: Subject?

    @Argument(help: "The id: 32 hexadecimal digits, or an institution's name.")
    var id: String?

    @OptionGroup var options: QueryOptions
    @OptionGroup var trust: TrustOptions

    @Flag(help: "From the first entry on, instead of from the last.")
    var oldestFirst = false

    @Option(
        help: """
            Print at most about so many, whole blocks always (default: 100, and all in other \
            formats than text).
            """)
    var limit: Int?

    @Option(help: "Go on where an answer before ended, as it said.")
    var after: QueryCursor?

    @Option(help: "text, csv, ndjson, or fhir: a Bundle of AuditEvents.")
    var format = Format.text

    @Option(help: "Keep the answer with its proof in this file.")
    var out: String?

    @Flag(help: "Believe the node: rows without proof.")
    var unproved = false

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (subject == nil) == (id == nil) else {
            throw ValidationError("name whom, and by which id")
        }
        guard !(unproved && out != nil) else {
            throw ValidationError("without proof there is nothing to keep with --out")
        }
        guard limit ?? 1 > 0 else { throw ValidationError("--limit is 1 or more") }
    }

    func run() async throws {
        let report = try await answer { print($0) }
        if format == .text {
            output.show(report)
        } else {
            let lines = [report.summary] + report.notes.map { "note: \($0)" }
            FileHandle.standardError.write(Data((lines.joined(separator: "\n") + "\n").utf8))
        }
    }

    /// What may be wrong with a question that has no answer, which is an answer all the same.
    private func notes(on fetch: QueryFetch, _ place: NodePlace) async throws -> [String] {
        guard fetch.rowCount == 0, fetch.isDone else { return [] }
        let known = try await place.ask { try await KnownNames($0) }
        return known.notes(on: fetch.request.query) + fetch.absences
    }

    /// Fetches and checks the answer, and says its rows in formats that are written as they come.
    ///
    /// Every row of every page that was fetched is among them: the next answer goes on after the
    /// last page's blocks.
    func answer(_ say: (String) -> Void) async throws -> QueryReport {
        let place = try node.place
        let genesis = try place.genesis
        let (query, note) = try await QuerySpans(
            place: place, epochs: Epochs(genesis.parameters)
        ).spanning(try options.query(subject, id), options)
        if let note { FileHandle.standardError.write(Data((note + "\n").utf8)) }
        let auditor = try trust.auditor(genesis)
        let form = QueryFormat(rawValue: format.rawValue) ?? .text
        let limit = limit ?? (form == .text ? 100 : .max)
        var fetch = QueryFetch(
            request: QueryRequest(
                query, heights: after?.heights,
                isNewestFirst: after?.isNewestFirst ?? !oldestFirst,
                rowCount: UInt64(min(limit, 2_000)), isProved: !unproved),
            auditor: auditor, keepsPages: out != nil)
        let isListed = form == .text
        var rows: [QueryRow] = []
        var isFirst = true
        if let opening = form.opening { say(opening) }
        try await place.ask { client in
            while !fetch.isDone, fetch.rowCount < limit {
                for item in try await fetch.next(from: client, atMost: limit - fetch.rowCount) {
                    if isListed {
                        rows.append(QueryRow(item))
                    } else {
                        say(form.row(item, isFirst: isFirst))
                    }
                    isFirst = false
                }
            }
        }
        let origin = ExportNote(
            form, of: query, in: genesis.ledger, newestFirst: fetch.request.isNewestFirst,
            rows: fetch.rowCount, fetch.chain,
            answer: out == nil ? nil : fetch.pages)
        if let closing = form.closing(origin, isEmpty: isFirst) { say(closing) }
        if let out { try Files.write(fetch.pages, to: out) }
        return QueryReport(fetch, rows: rows, notes: try await notes(on: fetch, place))
    }
}

/// Gets an answer page by page, and checks each page.
struct QueryFetch {
    private(set) var request: QueryRequest
    private let auditor: NodeAuditor
    private let keepsPages: Bool
    private(set) var pages: [UInt8] = []
    private(set) var chain = AnswerChain()
    private(set) var terms: [Term] = []
    private(set) var listedCount = 0
    /// How many entries each list has, in the order of the terms.
    private(set) var listedCounts: [Int] = []
    /// How many rows came so far.
    private(set) var rowCount = 0
    private(set) var isDone = false

    init(request: QueryRequest, auditor: NodeAuditor, keepsPages: Bool) {
        self.request = request
        self.auditor = auditor
        self.keepsPages = keepsPages
    }

    /// The rows of the next page, in the order that was asked for: at most about `count`, and
    /// all of the page's blocks.
    mutating func next(
        from client: NodeClient, atMost count: Int
    ) async throws -> [ProvenPage.Item] {
        request.rowCount = UInt64(min(count, 2_000))
        let answer = try await client.query(request)
        var items: [ProvenPage.Item]
        if request.isProved {
            do {
                let page = try await prove(answer, client)
                items = try check(answer, page)
            } catch let failure as ProofFailure {
                throw NodeAuditor.refusal(failure)
            }
        } else {
            items = try believe(answer)
        }
        if request.isNewestFirst { items.reverse() }
        rowCount += items.count
        isDone = answer.next == nil
        if let next = answer.next { request.heights = next }
        return items
    }

    private func prove(_ answer: QueryAnswer, _ client: NodeClient) async throws -> ProvenPage {
        guard let bytes = answer.page else {
            throw ProofFailure(.form, "the page is missing")
        }
        let page = try AnswerPage.decode(bytes)
        return try await auditor.auditor(under: page.head.header, .noOlder, client).verify(page)
    }

    /// Throws unless a page that holds is the next one of this answer.
    private mutating func check(
        _ answer: QueryAnswer, _ page: ProvenPage
    ) throws(ProofFailure) -> [ProvenPage.Item] {
        guard page.query == request.query else {
            throw ProofFailure(.cover, "the node answers another query")
        }
        let wanted = request.heights ?? page.asked
        let isNext =
            request.isNewestFirst
            ? page.heights.last == wanted.last : page.heights.first == wanted.first
        guard isNext else {
            throw ProofFailure(
                .cover, "the page has heights \(page.heights); asked for were \(wanted)")
        }
        let left =
            request.isNewestFirst
            ? HeightRange(wanted.first, Height(page.heights.first.blocks &- 1))
            : HeightRange(page.heights.last.next, wanted.last)
        guard wanted.isEmpty || left.isEmpty && answer.next == nil || left == answer.next else {
            throw ProofFailure(.cover, "the node says that \(left) need not be asked for")
        }
        try chain.append(page)
        terms = page.terms
        listedCount += page.listedCount
        if listedCounts.isEmpty { listedCounts = page.listedCounts.map { _ in 0 } }
        for (index, count) in page.listedCounts.enumerated() where index < listedCounts.count {
            listedCounts[index] += count
        }
        if keepsPages, let bytes = answer.page { pages += bytes }
        return page.items
    }

    /// That nobody on the ledger is called so at all, which the proof shows where no list is.
    var absences: [String] {
        guard chain.isWhole, listedCount == 0, let height = chain.head?.header.height
        else { return [] }
        let query = request.query
        let isWholeLedger = query.anchoredFrom == nil && query.anchoredBefore == nil
        guard isWholeLedger, chain.heights?.first == Height(1) else { return [] }
        return terms.compactMap { term in
            switch term {
            case .patient(let id):
                "no entry of any kind up to block \(height) is about a patient \(id)"
            case .practitioner(let id):
                "no entry of any kind up to block \(height) is about a practitioner \(id)"
            default: nil
            }
        }
    }

    private func believe(_ answer: QueryAnswer) throws -> [ProvenPage.Item] {
        try answer.rows.map { row in
            ProvenPage.Item(
                height: row.height, leafIndex: row.leafIndex, leafHash: SHA256.leaf(row.entry),
                bytes: row.entry, entry: try Entry.decode(row.entry))
        }
    }
}

/// What a query found, and how to go on.
struct QueryReport: Report {
    /// The lists that were proved to be complete, and for which blocks.
    let complete: [String]
    let blocks: String?
    let isWhole: Bool
    let listed: Int
    /// What was proved for each epoch of a patient.
    let epochs: [EpochView]
    /// Where the answer goes on.
    let next: String?
    let rows: [QueryRow]
    /// What was asked, and the newest head that the answer is proved under.
    let query: QueryView
    let head: ExportNote.Head?
    /// What may be wrong with the question.
    let notes: [String]
    private let rowCount: Int

    init(_ fetch: QueryFetch, rows: [QueryRow], notes: [String] = []) {
        query = QueryView(fetch.request.query)
        head = fetch.chain.head.map(ExportNote.Head.init)
        self.notes = notes
        complete = fetch.terms.map(\.description)
        blocks = fetch.chain.heights?.description
        isWhole = fetch.chain.isWhole
        listed = fetch.listedCount
        epochs = EpochView.all(fetch.request.query.epochs, fetch.listedCounts)
        next =
            fetch.isDone
            ? nil
            : fetch.request.heights.map {
                QueryCursor(isNewestFirst: fetch.request.isNewestFirst, heights: $0).text
            }
        self.rows = rows
        rowCount = fetch.rowCount
    }

    private enum CodingKeys: CodingKey {
        case complete, blocks, isWhole, listed, epochs, next, rows, query, head, notes
    }

    var summary: String {
        var text = "\(rowCount) entries"
        if let blocks {
            let lists =
                complete.count > 4 ? "\(complete.count) lists" : complete.joined(separator: "; ")
            text += " of \(listed) looked at; proved complete for blocks \(blocks): \(lists)"
        } else {
            text += ", not proved"
        }
        if let next { text += "; more is left: --after \(next)" }
        return text
    }

    var lines: [String] {
        var table = Table("leaf", "happened", "issuer", "kind", "what stands in clear")
        for row in rows { table.add(cells: row.cells) }
        return [summary] + notes.map { "note: \($0)" } + epochs.map(\.line) + [""]
            + table.lines
    }
}
