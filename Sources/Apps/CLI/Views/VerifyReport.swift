internal import Cryptography
internal import Findings
internal import Ledger
internal import Primitives
internal import Proofs
internal import Records

/// What a verifier found, step by step.
struct VerifyReport: Report {
    let holds: Bool
    private(set) var kind: String?
    /// What was checked and held, in order.
    private(set) var steps: [String]
    let failedStep: String?
    let reason: String?
    let head: Head?
    let finding: String?
    let evidence: Int?
    let answer: Answer?
    let entries: [EntryView]
    /// What is not proved.
    let limits: [String]
    /// What a finding says.
    let reasonFound: String?
    /// What a disclosure shows of a record.
    let disclosure: DisclosureView?
    /// The leaf that withdrew a finding, and why.
    let withdrawal: Withdrawal?
    /// The ledgers above in which heads of the ones below are anchored, from the lowest up.
    var tiers: [Tier] = []
    /// How a ledger contradicts itself.
    var fork: Fork?
    /// The steps of a case.
    var caseSteps: [CaseStepView]?
    /// The terms for appeals, as of the newest block of the file.
    var deadlines: [CaseDeadlineView]?

    /// That a head is anchored in the ledger above.
    struct Tier: Encodable {
        let name: String
        let ledger: String
        let leaf: UInt64
        /// Height and tree size of the anchored head.
        let anchoredHeight: UInt64
        let anchoredTreeSize: UInt64
        let head: Head

        init(_ anchor: ProvenAnchor) {
            name = anchor.name
            ledger = anchor.ledger.description
            leaf = anchor.leafIndex
            anchoredHeight = anchor.anchored.height.blocks
            anchoredTreeSize = anchor.anchored.treeSize
            head = Head(anchor.head)
        }

        var lines: [String] {
            [
                "", "head \(anchoredHeight) of the ledger below stands in \(name) at leaf \(leaf)",
                "  block   \(head.height) of \(head.time), \(head.hash)",
                "  signed  \(head.signers.joined(separator: ", ")): "
                    + "\(head.power) of \(head.totalPower) votes",
                "  trust   \(head.anchor)",
            ]
        }
    }

    /// Two heads of one ledger that contradict each other.
    struct Fork: Encodable {
        let contradiction: String
        let heights: [UInt64]
        let hashes: [String]
        let signersOfBoth: [String]

        init(_ fork: ProvenFork) {
            contradiction = fork.contradiction.rawValue
            heights = [fork.first, fork.second].map(\.height.blocks)
            hashes = [fork.first, fork.second].map(\.hash.description)
            signersOfBoth = fork.signersOfBoth.map(\.name)
        }

        var lines: [String] {
            [
                "", "THE LEDGER CONTRADICTS ITSELF: \(contradiction)",
                "  block \(heights[0])  \(hashes[0])", "  block \(heights[1])  \(hashes[1])",
                "  each signed by more than 2/3 of the votes",
                "  both signed by "
                    + (signersOfBoth.isEmpty ? "nobody" : signersOfBoth.joined(separator: ", ")),
            ]
        }
    }
    /// What became of a rule.
    let rule: RuleHistoryView?
    let table: TableHistoryView?

    struct Withdrawal: Encodable {
        let leaf: UInt64
        let causes: [UInt64]
        let reason: String
    }

    /// What the pages of an answer prove together.
    struct Answer: Encodable {
        /// What was asked: all else may be on the ledger and not in the answer.
        let query: QueryView
        let lists: [String]
        /// The blocks for which nothing is left out, and those that were asked for.
        let blocks: String
        let asked: String
        let isWhole: Bool
        let pages: Int
        let listed: Int
        let matching: Int
        /// Where a patient was asked for over several epochs: each, with its own list.
        let epochs: [EpochView]
    }

    struct Head: Encodable {
        let height: UInt64
        let time: String
        let hash: String
        let treeSize: UInt64
        let treeRoot: String
        let signers: [String]
        let power: UInt64
        let totalPower: UInt64
        let anchor: String

        init(_ head: ProvenHead) {
            height = head.header.height.blocks
            time = head.header.time.description
            hash = head.hash.description
            treeSize = head.header.treeSize
            treeRoot = head.header.treeRoot.description
            signers = head.signers.map(\.name)
            power = head.power
            totalPower = head.totalPower
            anchor = "\(head.anchor)"
        }
    }

    /// Reads the bytes as whichever kind of proof they are, and checks them.
    init(_ bytes: [UInt8], _ auditor: Auditor) throws(ProofFailure) {
        switch ProofKind(bytes) {
        case .answer: try self.init(answer: bytes, auditor)
        case .disclosure: self.init(try auditor.verify(try Disclosure.decode(bytes)))
        case .rule: self.init(try auditor.verify(try RuleProof.decode(bytes)))
        case .statement: try self.init(statement: bytes, auditor)
        case .table: self.init(try auditor.verify(try TableProof.decode(bytes)))
        default: self.init(try auditor.verify(try ProofFile.decode(bytes)))
        }
    }

    /// What failed; `takesLink` says whether --link could be given, and was not.
    init(_ failure: ProofFailure, takesLink: Bool = true) {
        self.init(
            failedStep: failure.step.rawValue,
            reason: failure.reason + Self.hint(failure.remedy, takesLink))
    }

    /// The same of what failed at a step that has those of proofs in it.
    init(_ failure: FindingFailure, takesLink: Bool) {
        self.init(
            failedStep: failure.step.rawValue,
            reason: failure.reason + Self.hint(failure.proof?.remedy, takesLink))
    }

    private static func hint(_ remedy: ProofFailure.Remedy?, _ takesLink: Bool) -> String {
        switch remedy {
        case .link where takesLink:
            " (`custos head --link PROOF --to HEAD` gets what may link them, for --link)"
        case .showFork: " (`custos fork FILE FILE` makes a proof of that, for everybody)"
        case .link, nil: ""
        }
    }

    init(failedStep: String, reason: String) {
        self.init(holds: false, kind: nil, steps: [], failedStep: failedStep, reason: reason)
    }

    private init(_ entry: ProvenEntry) {
        var limits: [String] = []
        if entry.standing == .notShown {
            limits.append(
                "Whether the entry has effect is not shown: this proof is of an older version.")
        }
        if case .case = entry.entry.body {
            limits.append(
                "Whether this counts as a step of its case is not shown: the file of the case "
                    + "shows it (`custos case show --out`).")
        }
        self.init(
            holds: true, kind: "entry", steps: entry.steps.map(\.rawValue),
            head: Head(entry.head), entries: [EntryView(entry)],
            limits: limits)
    }

    /// Two heads that show that a ledger has two pasts.
    init(_ fork: ProvenFork) {
        let steps: [ProofStep] = [.form, .ledger, .commitProof, .header, .fork]
        self.init(holds: true, kind: "fork", steps: steps.map(\.rawValue))
        self.fork = Fork(fork)
    }

    /// A case whose steps follow each other, and whose rules gave the same findings again.
    init(_ verified: VerifiedCase) {
        let steps: [ProofStep] = [
            .form, .ledger, .commitProof, .header, .ledgerTree, .batchTree, .issuer,
            .batchSignature, .number, .caseSteps, .caseStatement,
        ]
        let again = verified.findings.count
        let standing = verified.proven.standing
        let last = standing ?? verified.proven.steps.last?.entry.head
        self.init(
            holds: true, kind: "case",
            steps: steps.map(\.rawValue)
                + (standing == nil ? [] : ["these steps are those that the ledger counts"])
                + (again == 0 ? [] : ["the rules of \(again) findings give the same bytes"]),
            head: last.map(Head.init),
            limits: verified.proven.limits
                + Set(verified.findings.values.flatMap(\.limits)).sorted())
        caseSteps = CaseStepView.all(verified)
        let heads = verified.proven.steps.map(\.entry.head) + [standing].compactMap(\.self)
        let newest = heads.map(\.header.time).max()
        deadlines = newest.map { newest in
            verified.proven.deadlines.map { CaseDeadlineView($0, asOf: newest.day) }
        }
    }

    /// The same report of a proof whose head is anchored in ledgers above.
    func under(_ anchors: [ProvenAnchor]) -> VerifyReport {
        var report = self
        report.tiers = anchors.map(Tier.init)
        return report
    }

    private init(_ proven: ProvenDisclosure) {
        let view = DisclosureView(proven)
        self.init(
            holds: true, kind: "disclosure",
            steps: (proven.entry.steps + [.segments]).map(\.rawValue),
            head: Head(proven.entry.head), entries: [EntryView(proven.entry)],
            limits: [
                "What the \(view.sealed) other segments say is not shown, and not proved; nor is "
                    + "how many they are."
            ],
            disclosure: view)
    }

    /// What became of a rule.
    private init(_ rule: ProvenRule) {
        let steps: [ProofStep] = [.form, .ledger, .commitProof, .header, .rule]
        self.init(
            holds: true, kind: "rule", steps: steps.map(\.rawValue), head: Head(rule.head),
            rule: RuleHistoryView(rule))
    }

    /// A third party's statement with the receipts of validators.
    private init(statement bytes: [UInt8], _ auditor: Auditor) throws(ProofFailure) {
        let found = try TransparentStatement.reading(bytes)
        let leaf = SHA256.leaf(found.statement.bytes)
        let proven = try auditor.verify(found.receipts, of: leaf)
        let header = found.statement.header
        let steps: [ProofStep] = [.form, .ledger, .header, .ledgerTree, .commitProof]
        self.init(
            holds: true, kind: "statement", steps: steps.map(\.rawValue),
            entries: [
                EntryView(Entry(found.statement), leaf: proven.leafIndex, leafHash: leaf)
            ],
            limits: [
                "\(header.issuer) says it about '\(header.subject)'; that it was signed with one "
                    + "of that issuer's keys is the validators' word.",
                Self.standing(proven), Self.place,
            ])
    }

    /// The root that validators sign gives an entry, and not how large its tree is.
    private static let place =
        "At which leaf it stands is said by who handed the receipts over; a proof file proves it."

    /// The receipts of one entry, of these bytes.
    init(
        receipts: [[UInt8]], of entry: [UInt8], _ auditor: Auditor
    ) throws(ProofFailure) {
        let leaf = SHA256.leaf(entry)
        let proven: ProvenReceipts
        let decoded: Entry
        do {
            let receipts = try receipts.map { try COSEReceipt(decoding: $0) }
            decoded = try Entry.decode(entry)
            proven = try auditor.verify(receipts, of: leaf)
        } catch let failure as ProofFailure {
            throw failure
        } catch let error as EntryError {
            throw ProofFailure(.form, "the entry cannot be read: \(error)")
        } catch {
            throw ProofFailure(.form, "a receipt cannot be read: \(error)")
        }
        let steps: [ProofStep] = [.form, .ledger, .header, .ledgerTree, .commitProof]
        self.init(
            holds: true, kind: "receipts", steps: steps.map(\.rawValue),
            entries: [EntryView(decoded, leaf: proven.leafIndex, leafHash: leaf)],
            limits: [
                Self.standing(proven), Self.place,
                "Receipts say that the entry is anchored; who signed its batch, and whether it has "
                    + "effect, says a proof file.",
            ])
    }

    private static func standing(_ proven: ProvenReceipts) -> String {
        "It stands under block \(proven.height), signed by "
            + "\(proven.signers.map(\.name).joined(separator: ", ")): \(proven.power) of "
            + "\(proven.totalPower) votes; \(proven.anchor)."
    }

    /// What became of a knowledge table.
    private init(_ table: ProvenTable) {
        let steps: [ProofStep] = [.form, .ledger, .commitProof, .header, .rule]
        self.init(
            holds: true, kind: "table", steps: steps.map(\.rawValue), head: Head(table.head),
            table: TableHistoryView(table))
    }

    /// A finding whose rule was run again and gave the same bytes.
    init(_ verified: VerifiedFinding) {
        let finding = verified.proven
        let steps =
            finding.entry.steps.map(\.rawValue)
            + [ProofStep.statement, .evidence].map(\.rawValue)
            + (finding.rule == nil ? [] : [ProofStep.rule.rawValue])
            + ["rule, tables and facts are those of the ledger", "the rule gives the same bytes"]
            + (finding.withdrawal == nil ? [] : ["the finding was withdrawn by who stated it"])
            + (finding.standing == nil ? [] : ["the ledger has the finding under this entry"])
        self.init(
            holds: true, kind: "finding", steps: steps, head: Head(finding.entry.head),
            finding: finding.statement.finding.description, evidence: finding.evidence.count,
            entries: [EntryView(finding.entry)] + finding.evidence.map { EntryView($0.entry) },
            limits: verified.limits + verified.joined,
            reasonFound: (try? FindingBodyView(finding.statement.body))
                .map { "\($0.rule), \($0.result): \($0.reason)" },
            withdrawal: finding.withdrawal.map {
                Withdrawal(
                    leaf: $0.entry.leafIndex, causes: $0.statement.causes,
                    reason: $0.statement.reason)
            }
                ?? finding.standing?.withdrawal.map {
                    Withdrawal(leaf: $0, causes: [], reason: "The file does not say why.")
                })
    }

    /// An answer, page after page.
    private init(answer bytes: [UInt8], _ auditor: Auditor) throws(ProofFailure) {
        self.init(try ProvenAnswer(bytes, auditor))
    }

    private init(_ proven: ProvenAnswer) {
        let steps: [ProofStep] = [
            .form, .ledger, .commitProof, .header, .cover, .termHead, .completeness, .rows,
        ]
        let (query, chain, items) = (proven.query, proven.chain, proven.items)
        self.init(
            holds: true, kind: "answer", steps: steps.map(\.rawValue),
            head: proven.head.map(Head.init),
            answer: Answer(
                query: QueryView(query),
                lists: proven.pages.last?.terms.map(\.description) ?? [],
                blocks: chain.heights?.description ?? "", asked: chain.asked?.description ?? "",
                isWhole: chain.isWhole, pages: proven.pages.count,
                listed: proven.listedCounts.reduce(0, +), matching: items.count,
                epochs: EpochView.all(query.epochs, proven.listedCounts)),
            entries: items.map(EntryView.init), limits: proven.limits)
    }

    /// Rows that `custos query` wrote, held against the answer that they were written from.
    init(
        export: [UInt8], answer bytes: [UInt8], _ auditor: Auditor
    ) throws(ProofFailure) {
        guard let form = QueryFormat(export: export) else {
            throw ProofFailure(.form, "this is no export of `custos query`: CSV, NDJSON or FHIR")
        }
        let proven = try ProvenAnswer(bytes, auditor)
        do throws(ExportMismatch) {
            try proven.check(export: export, form, in: auditor.ledger, answer: bytes)
        } catch {
            self.init(failedStep: "rows of the export", reason: error.reason)
            return
        }
        var report = VerifyReport(proven)
        report.steps.append("the export is what the answer gives, byte for byte")
        report.kind = "export"
        self = report
    }

    private init(
        holds: Bool, kind: String?, steps: [String], failedStep: String? = nil,
        reason: String? = nil, head: Head? = nil, finding: String? = nil, evidence: Int? = nil,
        answer: Answer? = nil, entries: [EntryView] = [], limits: [String] = [],
        reasonFound: String? = nil, withdrawal: Withdrawal? = nil,
        disclosure: DisclosureView? = nil, rule: RuleHistoryView? = nil,
        table: TableHistoryView? = nil
    ) {
        self.disclosure = disclosure
        self.holds = holds
        self.kind = kind
        self.steps = steps
        self.failedStep = failedStep
        self.reason = reason
        self.head = head
        self.finding = finding
        self.evidence = evidence
        self.answer = answer
        self.entries = entries
        self.limits = limits
        self.reasonFound = reasonFound
        self.withdrawal = withdrawal
        self.rule = rule
        self.table = table
    }

    var lines: [String] {
        if let failedStep, let reason {
            return ["REFUSED at \"\(failedStep)\": \(reason)"]
        }
        var lines = steps.map { "  holds  \($0)" }
        if let head {
            lines += [
                "", "block \(head.height) of \(head.time)", "  hash    \(head.hash)",
                "  tree    \(head.treeSize) entries, root \(head.treeRoot)",
                "  signed  \(head.signers.joined(separator: ", ")): "
                    + "\(head.power) of \(head.totalPower) votes",
                "  trust   \(head.anchor)",
            ]
        }
        for tier in tiers { lines += tier.lines }
        if let fork { lines += fork.lines }
        if let finding {
            lines += [
                "", "finding \(finding), with \(evidence ?? 0) entries of evidence",
                "  \(reasonFound ?? "")",
            ]
        }
        if let answer {
            lines += [
                "",
                "exactly \(answer.matching) entries in blocks \(answer.blocks) are what was asked "
                    + "for, none missing",
            ]
            lines += answer.query.lines
            lines += [
                "  asked   blocks \(answer.asked)" + (answer.isWhole ? ": the whole answer" : ""),
                "  lists   \(answer.lists.joined(separator: "; ")), "
                    + "\(answer.listed) entries looked at",
            ]
            lines += answer.epochs.map(\.line)
        }
        if let disclosure { lines += disclosure.lines }
        for step in caseSteps ?? [] { lines += [""] + step.lines }
        for deadline in deadlines ?? [] { lines += [""] + deadline.lines }
        if let withdrawal {
            lines += [
                "", "WITHDRAWN at leaf \(withdrawal.leaf): it does not hold any more",
            ]
            if !withdrawal.causes.isEmpty {
                let causes = withdrawal.causes.map(String.init).joined(separator: ", ")
                lines.append("  what came later: leaves \(causes)")
            }
            lines += withdrawal.reason.split(separator: "\n").map { "  \($0)" }
        }
        if let rule { lines += [""] + rule.lines }
        if let table { lines += [""] + table.lines }
        for entry in entries { lines += [""] + entry.lines }
        for limit in limits { lines += ["", "note: \(limit)"] }
        return lines + ["", "PROVED: \(kind ?? "")"]
    }
}

extension EntryView {
    init(_ proven: ProvenEntry) {
        self.init(proven.entry, leaf: proven.leafIndex, leafHash: proven.leafHash)
        if !proven.isNumberShown { isNumberLeast = true }
        if case .unfit(let why) = proven.standing { effect = why.description }
    }

    init(_ item: ProvenPage.Item) {
        self.init(item.entry, leaf: item.leafIndex, leafHash: item.leafHash)
        if item.isUnfit == true { effect = "its own proof says why" }
    }
}
