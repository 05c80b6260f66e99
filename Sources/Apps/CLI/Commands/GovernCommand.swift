internal import ArgumentParser
internal import Cryptography
internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Records

/// Proposes how the ledger should change, votes on it, and lists what was proposed.
struct GovernCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "govern",
        abstract: "Propose changes of members, keys, parameters and rules; vote; list them.",
        discussion: """
            Institutions decide with their govern keys. A proposal is in force once as many have \
            voted for it as the policy wants: by default those with more than 2/3 of the voting \
            power. Any node may carry a vote, so one that is down stops nobody. What is agreed on \
            holds in all nodes from its block on, without a restart.

            Examples:
              custos govern propose power insurer 2 --reason "grown" --node devnet/regulator
              custos govern list --node devnet/insurer
              custos govern vote 3f9a… yes --node devnet/insurer
            """,
        subcommands: [Propose.self, VoteOn.self, List.self])

    /// In whose name something is signed, and with which keys.
    struct SignerOptions: ParsableArguments {
        @Option(
            name: .customLong("as"),
            help: "In whose name (default: the institution of the node).")
        var institution: String?

        @Option(
            name: .customLong("key"),
            help: "A govern secret; repeatable (default: govern-1, govern-2 … beside node.json).")
        var keys: [String] = []

        func signer(_ place: NodePlace) throws(Failure) -> GovernanceSigner {
            let own = try place.institution
            guard let id = InstitutionID(institution ?? own.name) else {
                throw Failure(.usage, "an institution's id is 1 to 32 of a-z, 0-9 and -")
            }
            var paths = keys
            if paths.isEmpty {
                paths = (1...16).map(place.secrets.govern).filter(Files.isThere)
            }
            guard !paths.isEmpty else {
                throw Failure(.usage, "no govern secret is here; name one with --key")
            }
            var signing: [SigningKey] = []
            for path in paths { signing.append(try SecretFile(path: path).signingKey(path)) }
            return GovernanceSigner(
                ledger: try place.genesis.ledger, institution: id, keys: signing)
        }
    }

    /// On which terms something is proposed.
    struct ProposalTerms: ParsableArguments {
        @Option(help: "Why, for those who vote.")
        var reason: String

        @Option(help: "How many blocks it can be voted on.")
        var blocks: UInt64 = 10_000

        @Option(help: "The first block at which it is to be in force.")
        var notBefore: UInt64 = 0
    }

    struct Propose: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Propose a change, and vote for it.",
            discussion: """
                Changes:
                  add PUBLIC-FILE KIND TIER NAME    a new institution, without power at first
                  remove ID
                  power ID NUMBER                   above 0 only once its node has followed
                  key ID ROLE PUBLIC-FILE           submit, consensus, govern, seal or tls; its node
                                                    has the new one under keys.next of node.json
                  parameter NAME VALUE …            as in network files
                  rule ID HASH RUNNER[,RUNNER…] [shadow | canary=ID[,ID…]] [from=DAY]
                                                    in force, or on trial: what it finds stays
                                                    with its runners, or some of them anchor it;
                                                    for services from a day on
                  retire RULE…
                  table NAME HASH BYTES             a knowledge table comes into force (what `custos
                                                    rules tables publish` proposes)
                  retire-table NAME…                rules take what lies at each node instead
                  stop, resume                      nodes take no submissions, or take them again
                  ledger GENESIS-FILE               its heads may be anchored here (`custos anchor`)
                  no-ledger LEDGER-ID               they may not any more
                  statement-issuer NAME KEY…        whose statements are registered: es256:HEX,
                                                    es256k:HEX, eddsa:HEX; no key: nobody's
                  policy SIGNATURES [CHANGE=COUNT:KIND[+COUNT:KIND…] …]

                Examples:
                  custos govern propose add new.public.yaml pharmacy county "Pharmacy 2" \
                      --reason "opened"
                  custos govern propose policy 2 remove=1:regulator+2:hospital --reason "agreed"
                """)

        @Argument(help: "The change; see above.")
        var change: [String]

        @OptionGroup var terms: ProposalTerms
        @OptionGroup var signer: SignerOptions
        @OptionGroup var node: NodeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let place = try node.place
            let view = try await place.ask { try await $0.governance() }
            let action = try GovernanceWords(view).action(try withWholeHash(place))
            let proposal = GovernanceProposal(
                action: action, expiry: Height(view.height.blocks + terms.blocks),
                notBefore: Height(terms.notBefore), reason: terms.reason)
            let body = try signer.signer(place).propose(proposal)
            try await Governing(place: place).hand(in: body, proposal.id, output)
        }

        /// The change, with the hash of a rule written out of which only the beginning was said.
        private func withWholeHash(_ place: NodePlace) throws -> [String] {
            guard change.first == "rule", change.count > 3, Digest(hex: change[2]) == nil else {
                return change
            }
            let folder = place.rulesFolder
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            let found = names.filter {
                $0.hasSuffix(".rule") && $0.hasPrefix(change[2].beginningOfID)
            }
            guard let file = found.first, found.count == 1 else {
                throw Failure(
                    .refused,
                    "\(found.count) rules in \(folder) have a hash that begins with \(change[2]); "
                        + "`custos rules build FOLDER --node NODE` puts rules there")
            }
            var whole = change
            whole[2] = String(file.dropLast(5))
            return whole
        }
    }

    struct VoteOn: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "vote", abstract: "Vote on a proposal; a vote stands.",
            discussion: """
                Examples:
                  custos govern vote 3f9a… yes --node devnet/insurer
                  custos govern vote 3f9a… no --as pharmacy-1 --key govern-1.secret
                """)

        @Argument(help: "The proposal's id, or as much of it as is clear.")
        var proposal: String

        @Argument(help: "yes or no.")
        var verdict: String

        @OptionGroup var signer: SignerOptions
        @OptionGroup var node: NodeOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard ["yes", "no"].contains(verdict) else {
                throw ValidationError("a vote is yes or no")
            }
        }

        func run() async throws {
            let place = try node.place
            let view = try await place.ask { try await $0.governance() }
            let found = view.proposals.filter {
                $0.id.description.hasPrefix(proposal.beginningOfID)
            }
            let record = try Beginning.one(
                of: found, proposal, ("proposal", "proposals"), lists: "custos govern list",
                id: \.id.description)
            let body = try signer.signer(place).vote(on: record.id, isFor: verdict == "yes")
            try await Governing(place: place).hand(in: body, record.id, output)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List proposals, votes, and who follows the ledger.")

        @OptionGroup var node: NodeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let view = try await node.place.ask { try await $0.governance() }
            output.show(GovernanceReport(view))
        }
    }
}

/// Brings an entry of governance to the ledger, and says what became of it.
struct Governing {
    let place: NodePlace

    func hand(in body: GovernanceBody, _ id: Digest, _ output: OutputOptions) async throws {
        let time = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        let submission = Submission(
            kind: .governance, eventTime: time, body: .governance(body))
        let institution = try place.institution
        let view = try await place.ask { client in
            let number = try await client.submit(submission)
            _ = try await client.committed(institution, StreamID(0), number: number)
            return try await client.governance()
        }
        output.show(GovernanceReport(view, only: id))
    }
}
