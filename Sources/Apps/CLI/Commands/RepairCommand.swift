internal import ArgumentParser
internal import Node

/// Lets a node start whose data are damaged.
struct RepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Set a damaged part of a stopped node's data aside; nothing is deleted.",
        discussion: """
            log          the log of the height under way; the node goes on from what it signed last
            blocks       the ledger and its index; the node fetches them from its peers again
            index        the index over the ledger; it is filled from the blocks again
            outbox       what is numbered and not on the ledger yet: hand it in again; the node
                         takes entries again when all that it had signed has expired
            evidence     what convicts others: it comes from peers again, or is on the ledger
            last-signed  what the consensus key signed last; the node follows, and signs again
                         when the network has told from which height on it may

            A node that refuses to start names the part. Nothing is signed or numbered twice.

            Examples:
              custos repair log --node devnet/insurer
            """)

    @Argument(help: "log, blocks, index, outbox, evidence or last-signed.")
    var part: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        guard let part = Repair.Part(rawValue: part) else {
            throw ValidationError(
                "what can be set aside is log, blocks, index, outbox, evidence or last-signed, "
                    + "not '\(part)'")
        }
        let place = try node.place
        do throws(NodeError) {
            output.show(RepairReport(aside: try Repair.setAside(part, of: place.configuration)))
        } catch {
            throw Failure.ofUpkeep(error)
        }
    }
}

private struct RepairReport: Report {
    let aside: [String]

    var lines: [String] { aside.map { "now lies at \($0)" } }
}
