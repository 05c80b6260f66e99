internal import ArgumentParser
internal import Node
internal import Primitives
internal import Records
internal import Supervision

/// Who is who: keys of patients, and links between their pseudonyms.
struct IdentityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity",
        abstract: "See how patient keys stand, destroy them, link or part pseudonyms.",
        discussion: """
            The identity provider's node makes a key for each patient, names patients by it in \
            every epoch, and gives it, sealed, to the nodes that supervise. Destroying the key \
            unlinks the patient: nobody can tell any more which pseudonyms are one person's. A \
            link says that two pseudonyms are one person's, or that they were taken for one \
            wrongly.

            Examples:
              custos identity status --node devnet/regulator
              custos identity forget Patient/4711 --node devnet/regulator
              custos identity link 0f1e… 77ab… --node devnet/regulator
              custos identity link 0f1e… 77ab… --as provisional --node devnet/county-hospital
              custos identity link 0f1e… 77ab… --as not-same --node devnet/regulator
            """,
        subcommands: [StatusOfKeys.self, ForgetPersons.self, LinkPseudonyms.self])

    /// How keys stand on a node.
    struct StatusOfKeys: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "How many keys there are, and who has them.",
            discussion: """
                Examples:
                  custos identity status --node devnet/regulator
                """)

        @OptionGroup var node: NodeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let text = try await node.place.ask { client in
                String(
                    decoding: try await client.desk(DeskRequest.identities.encode()),
                    as: UTF8.self)
            }
            output.show(IdentityReport(text))
        }
    }

    /// Destroys keys for good.
    struct ForgetPersons: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "forget", abstract: "Destroy the keys of patients for good.",
            discussion: """
                Only on the identity provider's node. It is anchored as a deletion; supervising \
                nodes destroy their copies when they next ask, within seconds of being reached.

                Examples:
                  custos identity forget Patient/4711 --node devnet/regulator
                """)

        @Argument(help: "Identifiers as they were ingested: SYSTEM|VALUE, or Patient/ID.")
        var identifiers: [String]

        @OptionGroup var node: NodeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let request = DeskRequest.forgetPersons(identifiers).encode()
            let text = try await node.place.ask { client in
                String(decoding: try await client.desk(request), as: UTF8.self)
            }
            output.show(IdentityReport(text))
        }
    }

    /// Anchors a link entry.
    struct LinkPseudonyms: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "link", abstract: "Say that two pseudonyms are one person's, or are not.",
            discussion: """
                Links of the identity provider count, and for a pseudonym that was made offline \
                that of the institution which introduced it. A later not-same undoes them.

                Examples:
                  custos identity link 0f1e… 77ab… --node devnet/regulator
                  custos identity link 0f1e… 77ab… --as not-same --node devnet/regulator
                """)

        enum Relation: String, ExpressibleByArgument, CaseIterable {
            case same
            case notSame = "not-same"
            case provisional
        }

        @Argument(help: "A pseudonym; the one made offline where --as is provisional.")
        var first: String

        @Argument(help: "The other pseudonym.")
        var second: String

        @Option(name: .customLong("as"), help: "same, not-same or provisional.")
        var relation = Relation.same

        @OptionGroup var node: NodeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            guard let first = OpaqueID(hex: first), let second = OpaqueID(hex: second) else {
                throw ValidationError("a pseudonym has 32 hexadecimal digits")
            }
            let relation: LinkBody.Relation =
                switch relation {
                case .same: .same
                case .notSame: .notSame
                case .provisional: .provisional
                }
            let submission = Submission(
                kind: .link, eventTime: .now,
                subjects: [first, second].sorted().map { .patient($0) },
                body: .link(LinkBody(first: first, second: second, relation: relation)))
            let place = try node.place
            let issuer = try place.institution
            let answer = try await place.ask { client in
                let number = try await client.submit(submission)
                return try await client.committed(issuer, StreamID(0), number: number)
            }
            output.show(
                IdentityReport("\(first) and \(second): \(relation), leaf \(answer.leafIndex)"))
        }
    }
}

private struct IdentityReport: Report {
    let lines: [String]

    init(_ text: String) {
        lines = text.split(separator: "\n").map(String.init)
    }
}
