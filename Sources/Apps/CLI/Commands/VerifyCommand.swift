internal import ArgumentParser
internal import Cryptography
internal import Findings
internal import Ledger
internal import Primitives
internal import Proofs

/// Checks a proof offline.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a proof offline; nobody is contacted, no node is trusted.",
        discussion: """
            FILE is a proof of one entry, a bundle of a finding with its evidence, the answer \
            to a query, or a case with its steps; what it is, it says itself. Trusted is the \
            genesis, and a head where you have one from a witness, a printed page or another \
            ledger. Who names a head wants no other past: a proof under another header, older or \
            newer, needs a link from the one to the other, which `custos head --link` gets and \
            which need not be trusted; without one it is refused. FILE may also be an archive, \
            of any size; with --full its blocks are executed again, which finds whether the state \
            follows from the entries.

            Rows that `custos query --format` wrote are held, byte for byte, against the answer \
            that was kept with them (--answer).

            The receipts of an entry are checked with the entry's bytes (--entry): together they \
            must be of more than 2/3 of the power, for one block.

            Where validators changed, --chain names the file that leads from those of the genesis \
            to later ones. A proof over tiers needs the genesis of each ledger above, lowest first \
            with --above; --head is then a head of the topmost. A fork file, which `custos fork` \
            makes, proves that a ledger contradicts itself.

            Ends with 0 where the proof holds, with 1 where it does not.

            Examples:
              custos verify claim.proof --genesis county.genesis
              custos verify trail.answer --genesis county.genesis --json
              custos verify notice.case --genesis county.genesis
              custos verify claim.proof --genesis county.genesis --head june.head --link claim.link
              custos verify up.proof --genesis city.genesis --above province.genesis
              custos verify claim.proof --genesis county.genesis --chain county.chain
              custos verify ncci.finding --genesis county.genesis --tables insurer/data/rules
              custos verify claim.*.cose --entry claim.entry --genesis county.genesis
              custos verify glass.csv --answer glass.answer --genesis county.genesis
            """)

    @Argument(help: "The proof; or, with --entry, the receipts of one entry.")
    var files: [String]
    private var file: String { files[0] }

    @Option(help: "A file with the bytes of the entry that receipts are of.")
    var entry: String?

    @Option(help: "The answer that FILE, an export of `custos query`, was written from.")
    var answer: String?

    @Option(help: "The genesis of the ledger.")
    var genesis: String

    @Option(help: "A file with the bytes of a block header that you trust.")
    var head: String?

    @Option(help: "A file with the consistency proof from the proof's tree to the head's.")
    var link: String?

    @Option(help: "How validators changed (`custos chain`); repeatable, one for each ledger.")
    var chain: [String] = []

    @Option(help: "The genesis of a ledger above, lowest first; repeatable.")
    var above: [String] = []

    @Option(help: "A folder with knowledge tables that are too large for bundles: HASH.table.")
    var tables: String?

    @Flag(help: "Execute an archive again from its first block.")
    var full = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard files.count == 1 || entry != nil else {
            throw ValidationError("one proof at a time; receipts need --entry")
        }
        guard answer == nil || entry == nil else {
            throw ValidationError("--answer is for an export, --entry for receipts; name one")
        }
        guard !full || entry == nil && answer == nil && above.isEmpty else {
            throw ValidationError("--full executes an archive, and nothing else")
        }
        guard above.isEmpty || entry == nil && answer == nil else {
            throw ValidationError("--above is for a proof over tiers, which walks up")
        }
        guard head != nil || link == nil else {
            throw ValidationError("--link links with a head; say which with --head")
        }
    }

    func run() throws {
        for path in files + chain + above + [answer, entry, head, link].compactMap(\.self)
        where !Files.isThere(path) {
            throw Failure(.file, "\(path) is not there")
        }
        let genesis = try Genesis.read(genesis)
        let trusted = try head.map { path throws(Failure) in try trustedHead(path) }
        var holds = true
        var isArchive = false
        do {
            let above = try above.map { path throws(Failure) in try Genesis.read(path) }
            let chains = try ChainFiles(chain, of: ([genesis] + above).map(\.ledger))
            if let entry {
                let auditor = try Auditor(
                    genesis: genesis, trusted: trusted, chain: chains.chain(of: genesis.ledger))
                let receipts = try files.map { path throws(Failure) in
                    let bytes = try Files.read(path)
                    if let nature = FileNature(bytes), nature != .receipt {
                        throw Failure(
                            .usage,
                            "\(path) is \(nature.words); receipts of the entry were expected")
                    }
                    return bytes
                }
                return output.show(
                    try VerifyReport(receipts: receipts, of: try Files.read(entry), auditor))
            }
            if let answer {
                let auditor = try Auditor(
                    genesis: genesis, trusted: trusted, chain: chains.chain(of: genesis.ledger))
                let report = try VerifyReport(
                    export: try Files.read(file), answer: try Files.read(answer), auditor)
                output.show(report)
                if !report.holds { throw Ending.refused }
                return
            }
            if let archive = try ArchiveReader(file) {
                isArchive = true
                guard above.isEmpty else {
                    throw ProofFailure(.anchor, "an archive walks up to no ledger above")
                }
                return try verify(archive, genesis, trusted, chains.chain(of: genesis.ledger))
            }
            guard !full else {
                throw ValidationError("--full executes an archive; \(file) is none")
            }
            let bytes = try Files.read(file)
            try FileNature.check(file, bytes)
            let (auditor, anchors, proof) = try auditor(
                [genesis] + above, trusted, chains, bytes)
            let report = try report(proof, genesis, auditor).under(anchors)
            output.show(report)
            holds = report.holds
        } catch let failure as ProofFailure {
            output.show(VerifyReport(failure, takesLink: link == nil && !isArchive))
            throw Ending.refused
        }
        if !holds { throw Ending.refused }
    }

    /// Who checks the proof itself, after the way down from the ledgers above, and the proof.
    private func auditor(
        _ ledgers: [Genesis], _ trusted: TrustedHead?, _ chains: ChainFiles, _ bytes: [UInt8]
    ) throws -> (Auditor, [ProvenAnchor], [UInt8]) {
        let tiers = ledgers.map {
            TierAuditor.Tier(genesis: $0, chain: chains.chain(of: $0.ledger))
        }
        guard ProofKind(bytes) == .tiers else {
            guard tiers.count == 1 else {
                throw ProofFailure(
                    .anchor, "the proof walks up no ledger; --above names \(tiers.count - 1)")
            }
            return (
                try Auditor(genesis: tiers[0].genesis, trusted: trusted, chain: tiers[0].chain),
                [], bytes
            )
        }
        let tiered = try TieredProof.decode(bytes)
        let (auditor, anchors) = try TierAuditor(tiers: tiers, trusted: trusted)
            .descend(tiered.steps)
        return (auditor, anchors, tiered.proof)
    }

    private func report(
        _ bytes: [UInt8], _ genesis: Genesis, _ auditor: Auditor
    ) throws(ProofFailure) -> VerifyReport {
        switch ProofKind(bytes) {
        case .finding: return try verifyFinding(bytes, genesis, auditor)
        case .case: return try verifyCase(bytes, genesis, auditor)
        case .fork: return VerifyReport(try auditor.verify(try ForkProof.decode(bytes)))
        case .tiers: throw ProofFailure(.form, "a proof over tiers within another one")
        case .entry, .answer, .disclosure, .rule, .table, .statement:
            return try VerifyReport(bytes, auditor)
        }
    }

    /// Checks an archive, record by record.
    ///
    /// - Throws: ``ProofFailure`` where it does not hold; `Failure` where it cannot be read, or not
    ///   be executed for want of its start.
    private func verify(
        _ archive: ArchiveReader, _ genesis: Genesis, _ trusted: TrustedHead?,
        _ chain: GovernanceChain
    ) throws {
        do {
            guard let first = try archive.next() else {
                throw ProofFailure(.form, "the archive ends before its first record")
            }
            var auditor = try ArchiveAuditor(
                first, genesis: genesis, trusted: trusted, chain: chain)
            var replay = full ? ArchiveReplay(genesis: genesis) : nil
            if full, auditor.heights.first != Height(1) {
                throw Failure(.usage, "--full needs an archive that begins with block 1")
            }
            while let record = try archive.next() {
                let block = try ArchiveBlock.decode(record)
                try auditor.take(block)
                try replay?.take(block)
            }
            guard auditor.isWhole else {
                throw ProofFailure(
                    .form,
                    "the archive ends after block \(auditor.last?.height ?? .genesis); it should "
                        + "have \(auditor.heights)")
            }
            output.show(try ArchiveReport(auditor, isExecuted: full))
        } catch let failure as ProofFailure {
            throw failure
        } catch let failure as Failure {
            throw failure
        } catch {
            throw ProofFailure(.form, "\(error)")
        }
    }

    /// Checks a bundle as entries are checked, and then runs the rule again over the evidence.
    private func verifyFinding(
        _ bytes: [UInt8], _ genesis: Genesis, _ auditor: Auditor
    ) throws(ProofFailure) -> VerifyReport {
        let bundle = try FindingBundle.decode(bytes)
        return verdict(genesis, auditor) { verifier throws(FindingFailure) in
            VerifyReport(try verifier.verify(bundle))
        }
    }

    /// Checks a case step by step, and runs the rules of what it gives again.
    private func verifyCase(
        _ bytes: [UInt8], _ genesis: Genesis, _ auditor: Auditor
    ) throws(ProofFailure) -> VerifyReport {
        let file = try CaseFile.decode(bytes)
        return verdict(genesis, auditor) { verifier throws(FindingFailure) in
            VerifyReport(try verifier.verify(file))
        }
    }

    private func verdict(
        _ genesis: Genesis, _ auditor: Auditor,
        _ verify: (FindingVerifier) throws(FindingFailure) -> VerifyReport
    ) -> VerifyReport {
        do throws(FindingFailure) {
            var verifier = FindingVerifier(genesis: genesis, auditor: auditor)
            if let tables { verifier.archive = { TableFiles.table($0, in: tables) } }
            return try verify(verifier)
        } catch {
            return VerifyReport(error, takesLink: link == nil)
        }
    }

    private func trustedHead(_ path: String) throws(Failure) -> TrustedHead {
        let header = try BlockHeader.kept(path)
        guard let link else { return TrustedHead(header) }
        let bytes = try Files.read(link)
        do throws(CBORError) {
            return TrustedHead(header, links: try ConsistencyProof.list(bytes))
        } catch {
            throw FileNature.failure(
                link, bytes, "no consistency proof, which --link names", "\(error)")
        }
    }
}
