internal import ArgumentParser
internal import Ledger
internal import Node
internal import Primitives
internal import RuleEngine
internal import RuleLanguage
internal import RuleSource

extension RulesCommand.Tables {
    /// Puts tables into a node's folder and proposes them to the ledger.
    struct Publish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Propose versions of knowledge tables, and vote for them.",
            discussion: """
                Each table goes into the rules' folder of the node, by its hash, and from there to \
                every node once the ledger names it: in chunks, each of which is checked. Once the \
                others have voted, rules look things up in this version, on all nodes, from the \
                same block on, without a restart. Compare first (`custos rules tables diff`), and \
                look what the rules would find (`custos rules backtest --table`).

                Examples:
                  custos rules tables publish rules/tables --reason "first version"
                  custos rules tables publish new/mue.yaml --reason "2026 Q3" --not-before 5000
                """)

        @Argument(help: "A folder of tables, or a manifest.")
        var path: String

        @OptionGroup var terms: GovernCommand.ProposalTerms
        @OptionGroup var signer: GovernCommand.SignerOptions
        @OptionGroup var node: NodeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let place = try node.place
            let tables = try TableFiles.tables(path)
            let folder = place.rulesFolder
            try Files.makeFolder(folder)
            for table in tables { try RuleBuild.write(table, to: folder) }
            let view = try await place.ask { try await $0.governance() }
            let versions = tables.map { table in
                TableVersion(
                    name: table.schema.name, hash: table.hash,
                    byteCount: UInt64(table.byteCount))
            }
            let new = versions.filter { !view.tables.contains($0) }
            guard !new.isEmpty else {
                throw Failure(.refused, "these versions are in force already")
            }
            let proposal = GovernanceProposal(
                action: .setTables(new, retire: []),
                expiry: Height(view.height.blocks + terms.blocks),
                notBefore: Height(terms.notBefore), reason: terms.reason)
            let body = try signer.signer(place).propose(proposal)
            try await Governing(place: place).hand(in: body, proposal.id, output)
        }
    }
}

extension NodePlace {
    /// The folder of canonical rules and knowledge tables of the node.
    var rulesFolder: String { configuration.rules ?? "\(configuration.data)/rules" }
}
