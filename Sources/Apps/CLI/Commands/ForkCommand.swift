internal import ArgumentParser
internal import Ledger
internal import Primitives
internal import Proofs

/// Puts two signed heads that contradict each other into one file.
struct ForkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fork",
        abstract: "Show that a whole ledger has two pasts, by two heads that its quorum signed.",
        discussion: """
            Every proof carries the head that it stands under, and a proof over tiers carries the \
            anchored one. Where two of them contradict each other, a quorum signed both: the \
            ledger as a whole said one thing here and another there. The file proves that to \
            anybody who has the genesis. Ends with 1 where the heads agree.

            Examples:
              custos fork mine.proof theirs.proof --genesis city.genesis --out fork.proof
              custos verify fork.proof --genesis city.genesis
            """)

    @Argument(help: "A proof, answer, finding or proof over tiers.")
    var first: String

    @Argument(help: "Another one, of the same ledger.")
    var second: String

    @Option(help: "The genesis of the ledger.")
    var genesis: String

    @Option(name: .customLong("chain"), help: "How its validators changed; repeatable.")
    var chains: [String] = []

    @Option(help: "The file to write.")
    var out: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        let genesis = try Genesis.read(genesis)
        let (one, another) = (try Files.read(first), try Files.read(second))
        do {
            let heads = try (
                Self.heads(one, first).heads(of: genesis.ledger),
                Self.heads(another, second).heads(of: genesis.ledger)
            )
            let auditor = try Auditor(
                genesis: genesis,
                chain: try ChainFiles(chains, of: [genesis.ledger]).chain(of: genesis.ledger))
            guard let (fork, proven) = try Self.fork(between: heads.0, and: heads.1, auditor) else {
                throw ProofFailure(
                    .fork, "the heads in \(first) and \(second) do not contradict each other")
            }
            try Files.write(fork.encode(), to: out)
            output.show(VerifyReport(proven))
        } catch let failure as ProofFailure {
            output.show(VerifyReport(failure))
            throw Ending.refused
        }
    }

    /// The first two heads that contradict each other and were both signed; where none were, why
    /// the first two that contradict each other prove nothing.
    private static func fork(
        between ones: [ClaimedHead], and others: [ClaimedHead], _ auditor: Auditor
    ) throws(ProofFailure) -> (ForkProof, ProvenFork)? {
        var refusal: ProofFailure?
        for one in ones {
            for other in others {
                let fork = ForkProof(ledger: auditor.ledger, one, other)
                guard fork.contradiction != nil else { continue }
                do throws(ProofFailure) {
                    return (fork, try auditor.verify(fork))
                } catch {
                    refusal = refusal ?? error
                }
            }
        }
        if let refusal { throw refusal }
        return nil
    }

    /// The heads in a file; of one that carries none it says what it is instead.
    private static func heads(_ bytes: [UInt8], _ path: String) throws -> ProofHeads {
        do throws(ProofFailure) {
            return try ProofHeads(bytes)
        } catch {
            guard let nature = FileNature(bytes) else { throw error }
            throw Failure(
                .usage,
                "\(path) is \(nature.words); a fork is shown by two proofs, with signed heads")
        }
    }
}
