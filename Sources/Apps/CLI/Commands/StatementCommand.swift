internal import ArgumentParser
internal import Cryptography
internal import Foundation
internal import Ledger
internal import Primitives
internal import Proofs
internal import Records

/// Registers a signed statement at a node's HTTP door, and gets its receipts.
struct StatementCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statement",
        abstract: "Register a signed statement over HTTP, and get its receipts (SCITT).",
        discussion: """
            FILE is a COSE_Sign1 of somebody whose statements the ledger takes. It is registered \
            at the door of any node, as the SCITT Reference APIs have it, and the Transparent \
            Statement is written: the statement with the receipts of validators. It is checked \
            first: that it is this statement, and that a quorum of the ledger's validators signed \
            the tree in which it stands. Who has registered already gets the receipts.

            Where validators changed, --chain says how (`custos chain`). Whoever trusts a head \
            holds what was written against it: the door does not link the one with the other, and \
            `custos head --link` does.

            Examples:
              custos statement assay.cose --door http://127.0.0.1:7500 \
            --genesis county.genesis --out assay.transparent
              custos verify assay.transparent --genesis county.genesis
              custos head --link assay.transparent --to june.head --out assay.link
              custos verify assay.transparent --genesis county.genesis --head june.head \
            --link assay.link
            """)

    @Argument(help: "The statement.")
    var file: String

    @Option(help: "The URL of the node's HTTP door.")
    var door: String

    @Option(help: "The genesis of the ledger.")
    var genesis: String

    @Option(help: "How validators changed; a file of `custos chain`.")
    var chain: [String] = []

    @Option(help: "A file with the door's token, where it asks for one.")
    var token: String?

    @Option(help: "How many seconds to wait until the statement is anchored.")
    var wait = 60

    @Option(help: "The file to write.")
    var out: String

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let genesis = try Genesis.read(genesis)
        let statement: StatementBody
        do {
            statement = try StatementBody(emptying: try Files.read(file))
        } catch let error as CBORError {
            throw Failure(.file, "\(file) is no statement: \(error)")
        }
        let client = try WebClient(
            door, token: try token.map { try Files.readText($0).filter { !$0.isWhitespace } })
        let (place, bytes) = try await receipts(of: statement, client)
        do {
            let auditor = try Auditor(
                genesis: genesis,
                chain: try ChainFiles(chain, of: [genesis.ledger]).chain(of: genesis.ledger))
            let answer = try TransparentStatement.reading(bytes)
            guard answer.statement.bytes == statement.bytes else {
                throw ProofFailure(.statement, "the door answers with another statement")
            }
            let proven = try auditor.verify(answer.receipts, of: SHA256.leaf(statement.bytes))
            try Files.write(bytes, to: out)
            output.show(StatementReport(place: place, file: out, proven))
        } catch let failure as ProofFailure {
            throw Failure(.refused, "the door's answer is not proved: \(failure)")
        }
    }

    /// Registers the statement, and returns where it stands and the Transparent Statement.
    private func receipts(
        of statement: StatementBody, _ client: WebClient
    ) async throws -> (place: String, bytes: [UInt8]) {
        var answer = try await client.post(
            "/entries", statement.bytes, type: "application/cose")
        guard answer.status == 303 || answer.status == 201, let place = answer.header("Location"),
            place.hasPrefix("/entries/")
        else { throw Self.refusal(answer) }
        var seconds = 0
        repeat {
            answer = try await client.get(place + "?receipts=all")
            guard answer.status == 302 else { break }
            let pause = min(max(1, answer.header("Retry-After").flatMap { Int($0) } ?? 1), 10)
            seconds += pause
            try await Task.sleep(for: .seconds(pause))
        } while seconds < wait
        guard answer.status == 200 else {
            guard answer.status == 302 else { throw Self.refusal(answer) }
            throw Failure(.other, "\(place) is not anchored yet; ask again later")
        }
        return (place, answer.body)
    }

    /// What a Concise Problem Details object says (RFC 9290).
    private static func refusal(_ answer: WebClient.Answer) -> Failure {
        var words: [String] = []
        var reader = CBORReader(answer.body)
        if let count = try? reader.map(atMost: 2) {
            for _ in 0..<count {
                guard (try? reader.integer()) != nil, let text = try? reader.text() else { break }
                words.append(text)
            }
        }
        return Failure(
            .refused, "the door refused (\(answer.status)): \(words.joined(separator: ": "))")
    }
}

private struct StatementReport: Report {
    /// Where the door has it.
    let place: String
    let leaf: UInt64
    let height: UInt64
    let signers: [String]
    let power: UInt64
    let totalPower: UInt64
    let file: String

    init(place: String, file: String, _ proven: ProvenReceipts) {
        self.place = place
        self.file = file
        leaf = proven.leafIndex
        height = proven.height.blocks
        signers = proven.signers.map(\.name)
        power = proven.power
        totalPower = proven.totalPower
    }

    var lines: [String] {
        [
            "\(place): leaf \(leaf), under block \(height)",
            "  signed   \(signers.joined(separator: ", ")): \(power) of \(totalPower) votes",
            "  written  \(file)",
        ]
    }
}
