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
        var parts: [ClaimedHead] = []
        switch ProofKind(bytes) {
        case .entry: own = try ProofFile.decode(bytes).head
        case .disclosure: own = try Disclosure.decode(bytes).proof.head
        case .finding:
            let bundle = try FindingBundle.decode(bytes)
            own = bundle.proof.head
            parts = Array(bundle.heads.dropFirst())
        case .rule: own = try RuleProof.decode(bytes).head
        case .table: own = try TableProof.decode(bytes).head
        case .answer:
            var rest = bytes[...]
            own = try AnswerPage.decode(from: &rest).head
            while !rest.isEmpty {
                parts.append(try AnswerPage.decode(from: &rest).head)
            }
        case .case:
            let file = try CaseFile.decode(bytes)
            let steps = file.steps
            guard let last = steps.last?.proof.head else {
                throw ProofFailure(.caseSteps, "the file has no step")
            }
            own = last
            all = file.heads
            held =
                (steps.map(\.proof.head) + (file.standing.map { [$0.head] } ?? [])).map(\.header)
                + ProofHeads.given(by: steps)
            return
        case .fork:
            let fork = try ForkProof.decode(bytes)
            own = fork.first
            held = [own.header]
            all = [fork.first, fork.second]
            return
        case .statement:
            throw ProofFailure(.form, "receipts name a block, and carry no head")
        case .tiers:
            let tiered = try TieredProof.decode(bytes)
            let below = try ProofHeads(tiered.proof)
            own = below.own
            held = tiered.steps.last.map { [$0.anchor.head.header] } ?? below.held
            var heads = below.all
            for step in tiered.steps {
                heads.append(step.anchor.head)
                if let anchored = ProofHeads.anchored(step.anchor.entry) { heads.append(anchored) }
            }
            all = heads
            return
        }
        held = [own.header] + parts.map(\.header)
        // The proof of an anchor carries the head that is anchored as well.
        var heads = [own] + parts
        if ProofKind(bytes) == .entry, let file = try? ProofFile.decode(bytes),
            let anchored = ProofHeads.anchored(file.entry)
        {
            heads.append(anchored)
        }
        all = heads
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
