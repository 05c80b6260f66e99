internal import Consensus
internal import Ledger
internal import Primitives
internal import Proofs
internal import Records

/// The signed heads that a file of any kind of proof carries: believed in nothing yet.
struct ProofHeads {
    /// The head that the proof itself stands under.
    let own: ClaimedHead
    /// The headers that an auditor's trusted one is held against: of the topmost tier, one for each
    /// part of the proof.
    let held: [BlockHeader]
    /// All of them: its own, and those of the tiers above and their anchors.
    private let all: [ClaimedHead]

    init(_ bytes: [UInt8]) throws(ProofFailure) {
        switch ProofKind(bytes) {
        case .entry: self.init(try ProofFile.decode(bytes))
        case .disclosure: self.init(try Disclosure.decode(bytes).proof.head)
        case .finding:
            let bundle = try FindingBundle.decode(bytes)
            self.init(bundle.proof.head, Array(bundle.heads.dropFirst()))
        case .rule: self.init(try RuleProof.decode(bytes).head)
        case .table: self.init(try TableProof.decode(bytes).head)
        case .answer: try self.init(answer: bytes)
        case .case: try self.init(try CaseFile.decode(bytes))
        case .fork:
            let fork = try ForkProof.decode(bytes)
            self.init(fork.first, others: [fork.second])
        case .statement:
            throw ProofFailure(.form, "receipts name a block, and carry no head")
        case .tiers: try self.init(try TieredProof.decode(bytes))
        }
    }

    /// Of a proof under its own head, whose other parts stand under these; `others` are beside
    /// them, and no trusted head is held against those.
    private init(
        _ own: ClaimedHead, _ parts: [ClaimedHead] = [], others: [ClaimedHead] = []
    ) {
        self.own = own
        held = [own.header] + parts.map(\.header)
        all = [own] + parts + others
    }

    /// The proof of an anchor carries the head that is anchored as well.
    private init(_ file: ProofFile) {
        self.init(file.head, others: [ProofHeads.anchored(file.entry)].compactMap(\.self))
    }

    /// Each page has a head, and where a range of anchoring time is asked for, those that show
    /// where it begins and ends.
    private init(answer bytes: [UInt8]) throws(ProofFailure) {
        var rest = bytes[...]
        let first = try AnswerPage.decode(from: &rest)
        var pages = [first]
        while !rest.isEmpty { pages.append(try AnswerPage.decode(from: &rest)) }
        self.init(
            first.head, pages.dropFirst().map(\.head),
            others: pages.flatMap(ProofHeads.bounds))
    }

    private init(_ file: CaseFile) throws(ProofFailure) {
        let steps = file.steps
        guard let last = steps.last?.proof.head else {
            throw ProofFailure(.caseSteps, "the file has no step")
        }
        own = last
        all = file.heads
        held =
            (steps.map(\.proof.head) + (file.standing.map { [$0.head] } ?? [])).map(\.header)
            + ProofHeads.given(by: steps)
    }

    private init(_ tiered: TieredProof) throws(ProofFailure) {
        let below = try ProofHeads(tiered.proof)
        own = below.own
        held = tiered.steps.last.map { [$0.anchor.head.header] } ?? below.held
        all = tiered.steps.reduce(into: below.all) { heads, step in
            heads.append(step.anchor.head)
            if let anchored = ProofHeads.anchored(step.anchor.entry) { heads.append(anchored) }
        }
    }

    /// The headers under which what shares and notices give is proved.
    private static func given(by steps: [CaseFile.Step]) -> [BlockHeader] {
        steps.compactMap(\.opened).flatMap { opened in
            ((try? CaseStatement.decode(opened.statement))?.bundles ?? []).flatMap {
                (try? FindingBundle.decode($0))?.headers ?? []
            }
        }
    }

    func heads(of ledger: LedgerID) throws(ProofFailure) -> [ClaimedHead] {
        let found = all.filter { $0.header.ledger == ledger }
        guard !found.isEmpty else {
            throw ProofFailure(.ledger, "no head of ledger \(ledger) is in the file")
        }
        return found
    }

    /// The heads that show where a page's range of anchoring time begins and ends.
    private static func bounds(of page: AnswerPage) -> [ClaimedHead] {
        [page.from, page.before].compactMap { $0?.from }
    }

    /// The head that an anchor entry carries.
    private static func anchored(_ entry: [UInt8]) -> ClaimedHead? {
        guard case .anchor(let body)? = try? Entry.decode(entry).body,
            let header = try? BlockHeader.decode(body.header[...]),
            let proof = try? CommitProof.decode(body.commitProof[...]).claimed
        else { return nil }
        return ClaimedHead(header: header, commitProof: proof)
    }
}

/// Governance chains out of files, by the ledger that each says it is of.
struct ChainFiles {
    private let chains: [(ledger: LedgerID, chain: GovernanceChain)]

    /// The chains of these ledgers: one for each that needs one, and none of another.
    ///
    /// - Throws: `Failure` where a file cannot be read, is no chain, or is of no use.
    init(_ paths: [String], of ledgers: [LedgerID]) throws(Failure) {
        var chains: [(ledger: LedgerID, chain: GovernanceChain)] = []
        for path in paths {
            let bytes = try Files.read(path)
            let named: (ledger: LedgerID, chain: GovernanceChain)
            do throws(ProofFailure) {
                named = try GovernanceChain.decodeNamed(bytes)
            } catch {
                throw FileNature.failure(
                    path, bytes, "no governance chain, which --chain names", error.reason)
            }
            guard ledgers.contains(named.ledger) else {
                let right = ledgers.map { "\($0)" }.joined(separator: " or ")
                throw Failure(
                    .refused,
                    "\(path) is a chain of ledger \(named.ledger); the genesis is of \(right)")
            }
            guard !chains.contains(where: { $0.ledger == named.ledger }) else {
                throw Failure(
                    .usage, "\(path) is the second chain of ledger \(named.ledger); name one")
            }
            chains.append(named)
        }
        self.chains = chains
    }

    func chain(of ledger: LedgerID) -> GovernanceChain {
        chains.first { $0.ledger == ledger }?.chain ?? GovernanceChain(links: [])
    }
}
