internal import Ledger
internal import Primitives
internal import Proofs

/// The pages of an answer file, each checked, and all to be one answer.
struct ProvenAnswer {
    private(set) var pages: [ProvenPage] = []
    private(set) var chain = AnswerChain()
    /// How many entries each list has, in the order of the terms.
    private(set) var listedCounts: [Int] = []

    /// - Throws: ``ProofFailure``, the first step that fails.
    init(_ bytes: [UInt8], _ auditor: Auditor) throws(ProofFailure) {
        var rest = bytes[...]
        while !rest.isEmpty { try take(try auditor.verify(try AnswerPage.decode(from: &rest))) }
    }

    private mutating func take(_ page: ProvenPage) throws(ProofFailure) {
        try chain.append(page)
        if listedCounts.isEmpty { listedCounts = page.listedCounts.map { _ in 0 } }
        for (index, count) in page.listedCounts.enumerated() where index < listedCounts.count {
            listedCounts[index] += count
        }
        pages.append(page)
    }

    var head: ProvenHead? { chain.head }
    var query: Query { pages.last?.query ?? Query() }
    var items: [ProvenPage.Item] { pages.flatMap(\.items) }

    /// What is not proved.
    var limits: [String] {
        var limits: [String] = []
        if !chain.isWhole {
            limits.append("these pages are a part of the answer: the blocks named are complete")
        }
        let isTimed = query.anchoredFrom != nil || query.anchoredBefore != nil
        if isTimed, let head, head.anchor != .genesisOnly {
            limits.append(
                "with which blocks the range of anchoring time begins and ends rests on genesis "
                    + "only, not on the trusted head")
        }
        if case .tree(let height)? = head?.anchor {
            limits.append(
                "the answer is as of its own block: what was anchored from there to the trusted "
                    + "block \(height) is not in it")
        }
        return limits
    }

    /// What `custos query` writes of this answer in a form, line by line.
    func export(
        _ form: QueryFormat, newestFirst: Bool, in ledger: LedgerID, answer: [UInt8]?
    ) -> [String] {
        var lines = [form.opening].compactMap(\.self)
        var isFirst = true
        for page in pages {
            for item in newestFirst ? page.items.reversed() : page.items {
                lines.append(form.row(item, isFirst: isFirst))
                isFirst = false
            }
        }
        let note = ExportNote(
            form, of: query, in: ledger, newestFirst: newestFirst, rows: items.count, chain,
            answer: answer)
        return lines + [form.closing(note, isEmpty: isFirst)].compactMap(\.self)
    }

    /// Throws unless an export is what this answer gives, byte for byte.
    ///
    /// - Throws: ``ExportMismatch`` with the first line that is another.
    func check(
        export: [UInt8], _ form: QueryFormat, in ledger: LedgerID, answer: [UInt8]
    ) throws(ExportMismatch) {
        guard let note = form.note(of: export) else {
            throw ExportMismatch(
                reason: "its last line does not say what was asked: it was cut off, or changed")
        }
        let wanted = self.export(
            form, newestFirst: note.newestFirst, in: ledger,
            answer: note.answer == nil ? nil : answer)
        let found = export.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in wanted.enumerated() {
            let text = index < found.count ? String(decoding: found[index], as: UTF8.self) : ""
            // By their bytes: letters that only look alike are others.
            guard index < found.count, found[index].elementsEqual(line.utf8) else {
                throw ExportMismatch(
                    reason: "line \(index + 1) is \(Self.short(text)); the answer gives "
                        + Self.short(line))
            }
        }
        guard found.count == wanted.count + 1, found.last?.isEmpty == true else {
            throw ExportMismatch(
                reason: "it has \(found.count - 1) lines; the answer gives \(wanted.count)")
        }
    }

    private static func short(_ line: String) -> String {
        line.count > 160 ? "\(line.prefix(160))…" : line.isEmpty ? "missing" : line
    }
}

/// Why an export is not what an answer gives.
struct ExportMismatch: Error {
    let reason: String
}
