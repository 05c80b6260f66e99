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
            let pairs = heads.0.flatMap { one in
                heads.1.map { ForkProof(ledger: genesis.ledger, one, $0) }
            }
            guard let fork = pairs.first(where: { $0.contradiction != nil }) else {
                throw ProofFailure(
                    .fork, "the heads in \(first) and \(second) do not contradict each other")
            }
            let auditor = try Auditor(
                genesis: genesis,
                chain: try ChainFiles(chains, of: [genesis.ledger]).chain(of: genesis.ledger))
            let proven = try auditor.verify(fork)
            try Files.write(fork.encode(), to: out)
            output.show(VerifyReport(proven))
        } catch let failure as ProofFailure {
            output.show(VerifyReport(failure))
            throw Ending.refused
        }
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
