internal import ArgumentParser
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Records

extension GenesisCommand {
    /// Signs, in an institution's name, that a ledger which cannot go on is succeeded by another.
    struct Endorse: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Agree, in an institution's name, that a new ledger goes on from an old one.",
            discussion: """
                Where too many validators have lost their disks for anything to be decided, a new \
                ledger goes on from the last head of the old one (`genesis make --succeeds`). Its \
                genesis counts once institutions with more than 2/3 of the old ledger's power have \
                signed it with their govern keys: two keys each, or all where there are fewer. The \
                file goes from one to the next, each of whom adds its own; a node of the old \
                ledger, which may stand still, says what the last head is.

                Examples:
                  custos genesis endorse next.genesis --into next.succession --node devnet/insurer
                  custos genesis check next.genesis --old old.genesis --succession next.succession
                """)

        @Argument(help: "The genesis of the new ledger.")
        var successor: String

        @Option(help: "The file that gathers the signatures; made where it is not there.")
        var into: String

        @OptionGroup var signer: GovernCommand.SignerOptions
        @OptionGroup var node: NodeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let successor = try Genesis.read(successor)
            let place = try node.place
            let signer = try signer.signer(place)
            var succession: Succession
            if Files.isThere(into) {
                let bytes = try Files.read(into)
                succession = try Self.read { () throws(ProofFailure) in
                    try Succession.decode(bytes)
                }
            } else {
                let record = try await place.ask { client in
                    let height = try await client.status().height
                    return try await client.archiveHead(from: height, through: height)
                }
                succession = try Self.read { () throws(ProofFailure) in
                    try Succession(archive: record)
                }
            }
            let head = succession.head.header
            guard successor.succeeds == head.hash else {
                throw Failure(
                    .refused,
                    "the genesis goes on from head \(successor.succeeds?.description ?? "none"); "
                        + "the last one here is \(head.hash), of block \(head.height)")
            }
            guard case .vote(_, _, let vote) = signer.vote(on: successor.ledger.digest, isFor: true)
            else { return }
            succession.add(vote)
            try Files.write(succession.encode(), to: into)
            output.show(EndorsementReport(succession, of: successor, in: into))
        }

        private static func read<Value>(
            _ body: () throws(ProofFailure) -> Value
        ) throws(Failure) -> Value {
            do throws(ProofFailure) {
                return try body()
            } catch {
                throw Failure(.file, "\(error)")
            }
        }
    }
}

private struct EndorsementReport: Report {
    let successor: String
    let head: String
    let height: UInt64
    let endorsedBy: [String]
    let file: String

    init(_ succession: Succession, of successor: Genesis, in file: String) {
        self.successor = successor.ledger.description
        head = succession.head.header.hash.description
        height = succession.head.header.height.blocks
        endorsedBy = succession.endorsements.map(\.institution.name)
        self.file = file
    }

    var lines: [String] {
        [
            "ledger \(successor) goes on from block \(height)",
            "  endorsed by \(endorsedBy.joined(separator: ", ")); written to \(file)",
        ]
    }
}
