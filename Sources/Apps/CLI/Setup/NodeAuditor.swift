internal import ArgumentParser
internal import Consensus
internal import Cryptography
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Records
internal import Transport

/// A head that the user of a command holds the node's answers against.
struct TrustOptions: ParsableArguments {
    @Option(help: "A file with a block header that you trust (`custos head`): no other past.")
    var head: String?

    /// Who checks what a node answers, by the genesis and by this head.
    func auditor(_ genesis: Genesis) throws(Failure) -> NodeAuditor {
        try NodeAuditor(
            genesis: genesis, head: head.map { path throws(Failure) in try .kept(path) })
    }
}

/// Checks what a running node answers: by the genesis, by the changes of validators that the node
/// shows and need not be trusted with, and by a head that the user trusts.
struct NodeAuditor {
    let genesis: Genesis
    let head: BlockHeader?

    /// Whether what stands under an older head than the trusted one is taken, once it is linked.
    enum Age {
        /// Every entry stays where it was anchored.
        case any
        /// An old answer leaves out what came since.
        case noOlder
    }

    init(genesis: Genesis, head: BlockHeader?) throws(Failure) {
        self.genesis = genesis
        self.head = head
        if let head, head.ledger != genesis.ledger {
            throw Failure(.refused, "the head is of another ledger, \(head.ledger)")
        }
    }

    /// An auditor of what the node shows under a header, who knows the validators up to it and how
    /// it is linked with the trusted head.
    ///
    /// - Throws: ``ProofFailure`` where validators or link do not hold; `TransportError`.
    func auditor(
        under header: BlockHeader, _ age: Age, _ client: NodeClient
    ) async throws -> Auditor {
        let chain = try await chain(through: header.height, client)
        let auditor = try Auditor(genesis: genesis, chain: chain)
        guard let head else { return auditor }
        if age == .noOlder, header.height < head.height {
            throw Self.tooOld(header.height, trusting: head.height)
        }
        return try await trusted(under: [header], client).map(auditor.trusting) ?? auditor
    }

    /// An auditor of what the node shows under several headers, who knows the validators up to the
    /// newest of them and how each is linked with the trusted head.
    func auditor(
        underAll headers: [BlockHeader], _ client: NodeClient
    ) async throws -> Auditor {
        let newest = headers.map(\.height).max() ?? .genesis
        let auditor = try Auditor(
            genesis: genesis, chain: try await chain(through: newest, client))
        return try await trusted(under: headers, client).map(auditor.trusting) ?? auditor
    }

    /// Throws where how the ledger has something is said as of a block before one of these, or
    /// before the trusted head: that leaves out what came since.
    func check(
        _ standing: StandingProof, isAsNewAs headers: [BlockHeader], at step: ProofStep
    ) throws(ProofFailure) {
        let height = standing.head.header.height
        if let head, height < head.height { throw Self.tooOld(height, trusting: head.height) }
        if let newest = headers.map(\.height).max(), height < newest {
            throw ProofFailure(
                step,
                "the node says how the ledger has it as of block \(height), and shows block "
                    + "\(newest), which is newer: what came between is missing")
        }
    }

    private static func tooOld(_ height: Height, trusting head: Height) -> ProofFailure {
        ProofFailure(
            .trustedHead,
            "the node answers as of block \(height), and block \(head), which you trust, is "
                + "newer: what came between is missing")
    }

    /// The trusted head with what the node says links it with these headers; nil where there is no
    /// such head.
    func trusted(
        under headers: [BlockHeader], _ client: NodeClient
    ) async throws -> TrustedHead? {
        guard let head else { return nil }
        return TrustedHead(head, links: try await links(of: headers, client))
    }

    /// What links the trees of these headers with that of the trusted head, each once, checked.
    func links(
        of headers: [BlockHeader], _ client: NodeClient
    ) async throws -> [ConsistencyProof] {
        guard let head else { return [] }
        var links: [ConsistencyProof] = []
        for header in headers where header.height != head.height {
            let sizes = [header.treeSize, head.treeSize].sorted()
            guard sizes[0] > 0, !links.contains(where: { sizes == [$0.firstSize, $0.secondSize] })
            else { continue }
            do {
                let link = try await client.consistency(from: sizes[0], to: sizes[1])
                let isFirst = header.treeSize == sizes[0]
                try link.check(from: isFirst ? header : head, to: isFirst ? head : header)
                links.append(link)
            } catch TransportError.refused(let reason) {
                throw ProofFailure(
                    .trustedHead,
                    "the node does not show how block \(header.height) and the trusted block "
                        + "\(head.height) belong together: \(reason)")
            }
        }
        return links
    }

    /// The head of a height, the last one where that is 0, once its signatures have been checked.
    ///
    /// - Throws: `Failure` where the node shows another height or what does not hold.
    func head(_ height: Height, _ client: NodeClient) async throws -> ProvenHead {
        let answer = try await client.block(height)
        return try await Self.checking {
            let head: ClaimedHead
            do {
                head = ClaimedHead(
                    header: try Block.decode(answer.block).header,
                    commitProof: try CommitProof.decode(answer.commitProof[...]).claimed)
            } catch {
                throw ProofFailure(.form, "the block cannot be read: \(error)")
            }
            guard height == .genesis || head.header.height == height else {
                throw ProofFailure(
                    .header,
                    "the node shows block \(head.header.height); asked for was block \(height)")
            }
            return try await auditor(under: head.header, .any, client).prove(head)
        }
    }

    /// How validators changed up to a height; nothing, where the node does not have it any more.
    func chain(
        through height: Height, _ client: NodeClient
    ) async throws -> GovernanceChain {
        do {
            return try await client.chain(from: Height(1), through: height, skips: false)
        } catch TransportError.refused {
            // Under the validators of the genesis that is enough; else the signatures say so.
            return GovernanceChain(links: [])
        }
    }

    /// Does what ends with a check, and says of an answer that fails it that it is refused.
    static func checking<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let failure as ProofFailure {
            throw refusal(failure)
        }
    }

    /// What an answer that fails its check means to the user.
    static func refusal(_ failure: ProofFailure) -> Failure {
        Failure(.refused, "the node's answer is not proved: \(failure)")
    }
}

extension ConsistencyProof {
    /// Throws unless this shows that the tree of one header is the start of the other's.
    fileprivate func check(
        from first: BlockHeader, to second: BlockHeader
    ) throws(ProofFailure) {
        do throws(CryptographyError) {
            guard firstSize == first.treeSize, secondSize == second.treeSize else {
                throw .treeSizes(first: firstSize, second: secondSize)
            }
            try verify(firstRoot: first.treeRoot, secondRoot: second.treeRoot)
        } catch {
            throw ProofFailure(
                .trustedHead,
                "the tree of block \(first.height) is not shown to be the start of that of block "
                    + "\(second.height): \(error)")
        }
    }
}

extension BlockHeader {
    /// A header that `custos head` wrote.
    static func kept(_ path: String) throws(Failure) -> BlockHeader {
        let bytes = try Files.read(path)
        do throws(LedgerError) {
            return try BlockHeader.decode(bytes[...])
        } catch {
            throw FileNature.failure(path, bytes, "no block header, which --head names", "\(error)")
        }
    }
}

extension EntryReference {
    /// The proof of this very entry, as the node cuts it, once it has been checked.
    func prove(
        _ auditor: NodeAuditor, _ client: NodeClient
    ) async throws -> (file: ProofFile, bytes: [UInt8], entry: ProvenEntry, auditor: Auditor) {
        let leaf = try await find(client).leafIndex
        let bytes = try await client.proof(leaf: leaf)
        return try await NodeAuditor.checking {
            let file = try ProofFile.decode(bytes)
            let auditor = try await auditor.auditor(under: file.head.header, .any, client)
            let entry = try auditor.verify(file)
            guard isOf(entry) else {
                throw ProofFailure(
                    .number,
                    "the proof is of leaf \(entry.leafIndex), \(entry.entry.issuer)/"
                        + "\(entry.entry.stream)/\(entry.entry.number); asked for was \(self)")
            }
            return (file, bytes, entry, auditor)
        }
    }

    private func isOf(_ proven: ProvenEntry) -> Bool {
        switch self {
        case .leaf(let leaf): proven.leafIndex == leaf
        case .hash(let hash): proven.leafHash == hash
        case .number(let issuer, let stream, let number):
            proven.entry.issuer == issuer && proven.entry.stream == stream
                && (proven.isNumberShown
                    ? proven.entry.number == number : proven.entry.number <= number)
        }
    }
}

extension KnownCase {
    /// The file of the case, each step with its proof as the node cuts it, once it has been checked
    /// that it holds and is of the case that is shown.
    func prove(
        _ auditor: NodeAuditor, _ client: NodeClient
    ) async throws -> (file: CaseFile, proven: ProvenCase) {
        var parts: [CaseFile.Step] = []
        for step in steps {
            parts.append(
                CaseFile.Step(
                    proof: try await Finding.proof(of: step.leaf, client), opened: step.opened,
                    anchored: try await KnownCase.anchoring(of: step, client)))
        }
        return try await NodeAuditor.checking {
            let standing = try StandingProof.decode(
                try await client.caseStanding(issuer, blindedCase))
            let headers = parts.map(\.proof.head.header)
            let checker = try await auditor.auditor(
                underAll: headers + [standing.head.header], client)
            let shown = try checker.verify(standing, ofCase: blindedCase, of: issuer).state
            if let newer = shown?.last, let last, newer > last {
                throw Failure(
                    .other,
                    "the case has a step at leaf \(newer) already, which the node is still to "
                        + "read; ask again")
            }
            let file = CaseFile(isClosed: isClosed, steps: parts, standing: standing)
            let proven = try checker.verify(file)
            try check(proven)
            try auditor.check(standing, isAsNewAs: headers, at: .caseSteps)
            return (file, proven)
        }
    }

    /// Throws unless what holds is what the node says of this case, step by step.
    private func check(_ proven: ProvenCase) throws(ProofFailure) {
        guard proven.blindedCase == blindedCase, proven.issuer.id == issuer else {
            throw ProofFailure(
                .caseSteps,
                "the proofs are of case \(proven.blindedCase) of \(proven.issuer.id); asked for "
                    + "was \(blindedCase) of \(issuer)")
        }
        for (shown, step) in zip(steps, proven.steps) {
            guard step.entry.leafIndex == shown.leaf, step.entry.entry == shown.entry else {
                throw ProofFailure(
                    .caseSteps,
                    "what the node shows of the step at leaf \(shown.leaf) is not the entry at "
                        + "leaf \(step.entry.leafIndex) that it proves")
            }
        }
    }
}

extension EntryReference: CustomStringConvertible {
    /// As a person names it.
    var description: String {
        switch self {
        case .leaf(let leaf): "leaf \(leaf)"
        case .hash(let hash): "\(hash)"
        case .number(let issuer, let stream, let number): "\(issuer)/\(stream)/\(number)"
        }
    }
}
