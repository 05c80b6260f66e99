internal import ArgumentParser
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Records

extension GenesisCommand {
    /// Checks that a ledger was endorsed by those of the one that it goes on from.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check that the institutions of the old ledger agreed on a new one.",
            discussion: """
                Ends with 1 where they did not, and says at which step it fails.

                Examples:
                  custos genesis check next.genesis --old old.genesis --succession next.succession
                """)

        @Argument(help: "The genesis of the new ledger.")
        var successor: String

        @Option(help: "The genesis of the ledger that it goes on from.")
        var old: String

        @Option(help: "The file with the signatures (`custos genesis endorse`).")
        var succession: String

        @Option(name: .customLong("chain"), help: "How the old validators changed; repeatable.")
        var chains: [String] = []

        @OptionGroup var output: OutputOptions

        func run() throws {
            let (old, successor) = (try Genesis.read(old), try Genesis.read(successor))
            let bytes = try Files.read(succession)
            do {
                let succession = try Succession.decode(bytes)
                let auditor = try Auditor(
                    genesis: old,
                    chain: try ChainFiles(chains, of: [old.ledger]).chain(of: old.ledger))
                let proven = try auditor.verify(succession, of: successor)
                output.show(SuccessionReport(proven, old: old, successor: successor))
            } catch let failure as ProofFailure {
                output.show(VerifyReport(failure))
                throw Ending.refused
            }
        }
    }
}

private struct SuccessionReport: Report {
    let old: String
    let successor: String
    let head: String
    let height: UInt64
    let endorsedBy: [String]
    let power: UInt64
    let totalPower: UInt64

    init(_ proven: ProvenSuccession, old: Genesis, successor: Genesis) {
        self.old = old.ledger.description
        self.successor = successor.ledger.description
        head = proven.head.hash.description
        height = proven.head.header.height.blocks
        endorsedBy = proven.endorsedBy.map(\.name)
        power = proven.power
        totalPower = proven.totalPower
    }

    var lines: [String] {
        [
            "Ledger \(successor) goes on from block \(height) of \(old)",
            "  head        \(head)",
            "  endorsed by \(endorsedBy.joined(separator: ", ")), power \(power) of \(totalPower)",
        ]
    }
}
