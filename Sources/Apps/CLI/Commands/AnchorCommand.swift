internal import ArgumentParser
internal import Consensus
internal import Cryptography
internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Records

/// Anchors the head of one ledger in another.
struct AnchorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anchor",
        abstract: "Take the head of a ledger into the one above it: a city's into its province's.",
        discussion: """
            The ledger above must know the one below: its institutions agree on that with \
            `custos govern propose ledger`. Its nodes check the signatures of the quorum below, \
            that changes of validators are vouched for, and that the tree has only grown. A head \
            that contradicts one that is anchored shows a fork, and no more are taken.

            Without a height the last block is anchored, at the node of --of; the entry is brought \
            by the institution of --node.

            Examples:
              custos govern propose ledger city.genesis --reason "tiers" --node province/regulator
              custos anchor --of city/regulator --node province/regulator
              custos anchor --of city/regulator --height 1200 --node province/regulator --json
            """)

    @Option(help: "The node of the ledger below: its folder or its node.json.")
    var of: String

    @Option(help: "The height of the head; the last block if none is named.")
    var height: UInt64 = 0

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let below = try NodePlace(of)
        let above = try node.place
        let ledger = try below.genesis.ledger
        let known = try await above.ask { try await $0.anchored(ledger) }
        let body = try await below.ask { client in
            try await Self.body(ledger, Height(height), after: known, client)
        }
        let institution = try above.institution
        let leaf = try await above.ask { client in
            let number = try await client.submit(
                Submission(kind: .anchor, eventTime: .now, body: .anchor(body)))
            return try await client.committed(institution, StreamID(0), number: number).leafIndex
        }
        let header = try BlockHeader.decode(body.header[...])
        output.show(
            AnchorReport(
                ledger: ledger.description, name: known.registration.name,
                height: header.height.blocks, treeSize: header.treeSize,
                changes: body.links.count, leaf: leaf))
    }

    private static func body(
        _ ledger: LedgerID, _ height: Height, after known: AnchoredLedger,
        _ client: NodeClient
    ) async throws -> AnchorBody {
        let answer = try await client.block(height)
        let header = try Block.decode(answer.block).header
        let chain = try await client.chain(
            from: known.validatorsFrom, through: answer.height, skips: true)
        var consistency: AnchorBody.Consistency?
        if let size = known.newest?.treeSize, size > 0, size < header.treeSize {
            let proof = try await client.consistency(from: size, to: header.treeSize)
            consistency = AnchorBody.Consistency(firstSize: size, path: proof.path)
        }
        guard chain.links.count <= AnchorBody.linkCountMax else {
            throw Failure(
                .refused,
                "validators changed too often since the last anchor: \(chain.links.count) links "
                    + "are needed, and an entry holds \(AnchorBody.linkCountMax); anchor a lower "
                    + "height first")
        }
        return AnchorBody(
            ledger: ledger, header: header.encode(), commitProof: answer.commitProof,
            links: chain.links.map { link in
                AnchorBody.Link(
                    before: link.before.encode(), header: link.head.header.encode(),
                    commitProof: link.head.commitProof.encoded, validators: link.validators)
            }, consistency: consistency)
    }
}

private struct AnchorReport: Report {
    let ledger: String
    let name: String
    let height: UInt64
    let treeSize: UInt64
    let changes: Int
    let leaf: UInt64

    var lines: [String] {
        [
            "head \(height) of \(name) (\(treeSize) entries) stands in the ledger above at leaf "
                + "\(leaf)"
        ]
    }
}
