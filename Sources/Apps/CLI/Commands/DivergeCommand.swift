internal import ArgumentParser
internal import Node
internal import Primitives

/// Finds the first difference between two nodes.
struct DivergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diverge",
        abstract: "Find the first row in which the ledgers of two stopped nodes differ.",
        discussion: """
            Compares block by block and byte by byte, as far as both go. Ends with 1 where they \
            differ. Commit proofs are left out: each node keeps the precommits that it heard.

            Examples:
              custos diverge devnet/insurer devnet/regulator
            """)

    @Argument(help: "The first node's folder.")
    var first: String

    @Argument(help: "The second node's folder.")
    var second: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        let places = try [NodePlace(first), NodePlace(second)]
        let report: Divergence.Report
        do throws(NodeError) {
            report = try Divergence.find(places[0].configuration, places[1].configuration)
        } catch {
            throw Failure.ofUpkeep(error)
        }
        output.show(DivergeReport(report))
        if report.first != nil { throw Ending.refused }
    }
}

private struct DivergeReport: Report {
    let heads: [UInt64]
    let height: UInt64?
    let kind: String?
    let number: UInt64?
    let offset: Int?

    init(_ report: Divergence.Report) {
        heads = report.heads.map(\.blocks)
        height = report.first?.height.blocks
        kind = report.first?.kind
        number = report.first?.number
        offset = report.first?.offset
    }

    var lines: [String] {
        guard let height, let kind, let number else {
            let common = heads.min() ?? 0
            return [
                "no difference up to block \(common); the nodes stand at "
                    + heads.map(String.init).joined(separator: " and ")
            ]
        }
        let place = offset.map { "at byte \($0)" } ?? "one of the two lacks it"
        return ["they differ at height \(height), \(kind) row \(number): \(place)"]
    }
}
