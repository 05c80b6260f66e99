internal import ArgumentParser
internal import Foundation
internal import Ledger
internal import Primitives
internal import Proofs
internal import Records

/// Makes the genesis of a network, or shows one.
struct GenesisCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "genesis",
        abstract: "Make the genesis of a network, or show one.",
        discussion: """
            Everybody who takes part must have the same genesis file: its hash is the ledger's id.

            Examples:
              custos genesis make genesis/county.yaml --keys keys --out county.genesis
              custos genesis make county.yaml --keys keys --succeeds last.head --out next.genesis
              custos genesis show county.genesis
              custos genesis show county.genesis --json
            """,
        subcommands: [Make.self, Show.self, Endorse.self, Check.self])

    struct Make: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a genesis from a description and the members' public keys.")

        @Argument(help: "The description: a YAML file such as genesis/county.yaml.")
        var network: String

        @Option(help: "The folder with the members' INSTITUTION.public.yaml files.")
        var keys: String

        @Option(help: "The last head of the ledger that this one goes on from (`custos head`).")
        var succeeds: String?

        @Option(help: "The file to write.")
        var out: String

        @OptionGroup var output: OutputOptions

        func run() throws {
            let file = try NetworkFile(path: network)
            let rules = try RuleBuild.rules(of: file)?.versions ?? []
            var maker = GenesisMaker(network: file, keys: keys, rules: rules, now: .now)
            if let succeeds {
                let bytes = try Files.read(succeeds)
                do {
                    maker.succeeds = try BlockHeader.decode(bytes[...]).hash
                } catch {
                    throw Failure(.file, "\(succeeds) is no head: \(error)")
                }
            }
            let genesis = try maker.genesis()
            try Files.write(genesis.encode(), to: out)
            output.show(GenesisReport(genesis, path: out))
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show who founds a ledger, and the ledger's id.")

        @Argument(help: "The genesis file.")
        var file: String

        @OptionGroup var output: OutputOptions

        func run() throws {
            output.show(GenesisReport(try Genesis.read(file), path: file))
        }
    }
}

extension Genesis {
    /// The genesis in a file, or a failure that names it.
    static func read(_ path: String) throws(Failure) -> Genesis {
        let bytes = try Files.read(path)
        do {
            return try Genesis.decode(bytes)
        } catch {
            let instead = FileNature(bytes).map { "it is \($0.words)" }
            throw Failure(.refused, "\(path) is no genesis: \(instead ?? "\(error)")")
        }
    }
}

extension Timestamp {
    /// The time by this machine's clock.
    static var now: Timestamp {
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1_000).rounded()))
    }
}

private struct GenesisReport: Report {
    let path: String
    let ledger: String
    let name: String
    let start: String
    let institutions: [Member]
    let rules: [Rule]

    struct Member: Encodable {
        let id: String
        let name: String
        let kind: String
        let tier: String
        let power: UInt64
        let streams: [UInt16]
    }

    struct Rule: Encodable {
        let id: String
        let hash: String
        let runners: [String]
    }

    init(_ genesis: Genesis, path: String) {
        self.path = path
        ledger = genesis.ledger.description
        name = genesis.name
        start = genesis.start.description
        institutions = genesis.institutions.map { institution in
            Member(
                id: institution.id.name, name: institution.name, kind: institution.kind.name,
                tier: institution.tier.name, power: institution.power,
                streams: institution.submitKeys.map(\.stream.number))
        }
        rules = genesis.rules.map { rule in
            Rule(id: rule.id, hash: rule.hash.description, runners: rule.runners.map(\.name))
        }
    }

    var lines: [String] {
        var table = Table("institution", "kind", "tier", "power", "streams", "name")
        for member in institutions {
            let streams = member.streams.map(String.init).joined(separator: " ")
            table.add(
                member.id, member.kind, member.tier, String(member.power), streams, member.name)
        }
        let power = institutions.reduce(0) { $0 + $1.power }
        return [
            "Ledger \(name), \(path)", "  id     \(ledger)", "  start  \(start)",
            "  power  \(power); a commit needs at least \(power * 2 / 3 + 1)",
            "  rules  \(rules.isEmpty ? "none" : rules.map(\.id).joined(separator: ", "))", "",
        ] + table.lines
    }
}
