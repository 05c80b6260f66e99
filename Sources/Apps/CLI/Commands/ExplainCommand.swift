internal import ArgumentParser
internal import Node
internal import Primitives
internal import Supervision

/// Says why a rule found something.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say why a rule found something: the values read, the entries, the exceptions.",
        discussion: """
            FINDING is the finding's id, or how it begins, as `custos findings` prints it.

            Examples:
              custos explain 3f6c2a91 --node devnet/regulator
            """)

    @Argument(help: "The finding.")
    var finding: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let place = try node.place
        let (id, text) = try await place.ask { client in
            let id = try await Finding.find(finding, client)
            let bytes = try await client.desk(DeskRequest.explain(finding: id).encode())
            return (id, String(decoding: bytes, as: UTF8.self))
        }
        output.show(ExplainReport(finding: id.description, explanation: text))
    }
}

private struct ExplainReport: Report {
    let finding: String
    let explanation: String

    var lines: [String] { ["Finding \(finding)", "", explanation] }
}

/// Findings by the beginnings of their ids.
enum Finding {
    /// The finding whose id begins so.
    static func find(_ prefix: String, _ client: NodeClient) async throws -> Digest {
        if let id = Digest(hex: prefix) { return id }
        let answer = try await client.desk(DeskRequest.findings.encode())
        let items = try Desk.read { () throws(SupervisionError) in
            try FindingList.decode(answer).items
        }
        let found = items.map(\.id).filter { $0.description.hasPrefix(prefix) }
        guard found.count == 1 else {
            throw Failure(.refused, "\(found.count) findings begin with \(prefix)")
        }
        return found[0]
    }
}
