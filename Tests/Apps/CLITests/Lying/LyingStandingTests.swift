internal import Consensus
internal import Cryptography
internal import Findings
internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Records
internal import Supervision
internal import Testing

@testable import custos

/// Commands that say how the ledger has a finding or a case, before a server that lies about it.
@Suite("Commands before a server that lies about standings", .timeLimit(.minutes(30)))
struct LyingStandingTests {
    private let folder: TemporaryFolder
    private let node: OneVote

    init() throws {
        folder = try TemporaryFolder()
        node = try OneVote(folder.path + "/n", running: FoundClaims.rule)
    }

    private static func quoted(_ steps: ProofStep...) -> [String] {
        steps.map { "\"\($0.rawValue)\"" }
    }

    /// What is said instead of how the ledger has something.
    private static func saying(
        _ name: String, _ words: [String],
        _ change: @escaping @Sendable (StandingProof) -> [UInt8]?
    ) -> Lie {
        Lie(
            name: name, words: words,
            answer: { request, bytes in
                switch request {
                case .findingStanding, .caseStanding:
                    guard let honest = try? StandingProof.decode(bytes) else { return bytes }
                    return change(honest)
                default: return bytes
                }
            })
    }

    /// Bent standings; `others` are true ones of something else, or of another past.
    private static func lies(
        _ step: ProofStep, older bytes: [UInt8], others: [(name: String, bytes: [UInt8])],
        foreign: [UInt8]
    ) throws -> [Lie] {
        let older = try StandingProof.decode(bytes)
        var lies = (others + [("an older one", bytes)]).map { name, bytes in
            saying(name, quoted(step)) { _ in bytes }
        }
        lies += [
            saying("that of another ledger", quoted(.ledger, .validators)) { _ in foreign },
            saying("another value", quoted(step)) { honest in
                StandingProof(head: honest.head, state: honest.state.withAnotherValue).encode()
            },
            saying("an older state under this head", quoted(step)) { honest in
                StandingProof(head: honest.head, state: older.state).encode()
            },
            saying("this state under an older head", quoted(step)) { honest in
                StandingProof(head: older.head, state: honest.state).encode()
            },
            saying("a head that nobody signed", quoted(.commitProof)) { honest in
                let proof = honest.head.commitProof
                let cut = CommitProof(
                    height: proof.height, round: proof.round, block: proof.block, precommits: [])
                return StandingProof(
                    head: ClaimedHead(header: honest.head.header, commitProof: cut),
                    state: honest.state
                ).encode()
            },
            saying("signatures of another block", quoted(.header)) { honest in
                StandingProof(
                    head: ClaimedHead(
                        header: honest.head.header, commitProof: older.head.commitProof),
                    state: honest.state
                ).encode()
            },
            saying("one that is cut short", quoted(.form)) { Array($0.encode().dropLast()) },
            saying("no answer", ["refused: no"]) { _ in nil },
        ]
        return lies
    }

    /// A fork of the node's ledger, on which the same case has another history, and another ledger.
    private func rivals() throws -> [OneVote] {
        [
            try OneVote(folder.path + "/t", as: node, running: FoundClaims.rule),
            try OneVote(folder.path + "/f", named: "foreign"),
        ]
    }

    /// How the ledger has another finding, and one that there is not, where that is not how it has
    /// `finding`: what shows one key to be absent shows it of all up to the next, so that one in
    /// some dozens has the same answer.
    private func standings(
        of other: Digest, besides finding: Digest, _ client: NodeClient
    ) async throws -> [(name: String, bytes: [UInt8])] {
        func place(_ bytes: [UInt8]) throws -> Digest {
            try StandingProof.decode(bytes).state.key
        }
        let honest = try place(try await client.findingStanding(finding))
        let another = try await client.findingStanding(other)
        var standings: [(name: String, bytes: [UInt8])] = []
        if try place(another) != honest { standings.append(("that of another", another)) }
        for number in UInt8.min...UInt8.max {
            let none = try await client.findingStanding(SHA256.hash([number]))
            guard try place(none) != honest else { continue }
            return standings + [("that of none", none)]
        }
        throw Failure(.other, "256 findings that there are not have the key before in common")
    }

    @Test("how a finding stands is taken of no other finding, head, past or ledger")
    func findings() async throws {
        try await OneVote.live([node] + rivals()) { clients in
            let client = clients[0]
            let found = try await FoundClaims(at: node, client, in: folder.path)
            let stepCount = try await KnownCase.find(found.id.description, client).steps.count
            let out = folder.path + "/finding.proof"
            let step = ["--about", "institution:hospital"]
            for (finding, other, older, commands) in [
                (
                    found.withdrawn, found.standing, found.before.unwithdrawn,
                    [FoundClaims.proof(of: found.withdrawn) + ["--out", out]]
                ),
                (
                    found.standing, found.withdrawn, found.before.standing,
                    [
                        FoundClaims.proof(of: found.standing) + ["--out", out],
                        ["case", "share", found.id.description, "--to", "hospital"],
                        ["case", "notice", found.id.description] + step,
                    ]
                ),
            ] {
                let others =
                    try await standings(of: other, besides: finding, client)
                    + [("that of a fork", try await clients[1].findingStanding(finding))]
                let lies = try Self.lies(
                    .withdrawal, older: older, others: others,
                    foreign: try await clients[2].findingStanding(finding))
                for command in commands {
                    for lie in lies {
                        try await LyingServer.tell(lie, about: node, in: folder.path, command)
                    }
                    #expect(!Files.isThere(out))
                }
                let after = try await KnownCase.find(found.id.description, client).steps.count
                #expect(after == stepCount, "nothing was given to anybody")
                for command in commands {
                    try await LyingServer.tell(.none, about: node, in: folder.path, command)
                }
                let bundle = try FindingBundle.decode(try Files.read(out))
                let verified = try FindingVerifier(genesis: try node.place.genesis).verify(bundle)
                let isWithdrawn = verified.proven.standing?.withdrawal != nil
                #expect(isWithdrawn == (finding == found.withdrawn))
                Files.remove(out)
            }
        }
    }

    @Test("how a case stands is taken of no other case, head, past or ledger")
    func cases() async throws {
        try await OneVote.live([node] + rivals()) { clients in
            let client = clients[0]
            let found = try await FoundClaims(at: node, client, in: folder.path)
            let issuer = try node.place.institution
            try await take(.opened, after: nil, of: found.id, clients[1])
            let lies = try Self.lies(
                .caseSteps, older: found.before.shorter,
                others: [
                    ("that of another", try await client.caseStanding(issuer, found.other)),
                    ("that there was none yet", found.before.unopened),
                    ("that of a fork", try await clients[1].caseStanding(issuer, found.id)),
                ], foreign: try await clients[2].caseStanding(issuer, found.id))
            let out = folder.path + "/whole.case"
            let command = FoundClaims.show(found.id) + ["--out", out]
            for lie in lies {
                try await LyingServer.tell(lie, about: node, in: folder.path, command)
                #expect(!Files.isThere(out), "\(lie.name)")
            }
            try await LyingServer.tell(.none, about: node, in: folder.path, command)
            let proven = try Auditor(genesis: try node.place.genesis).verify(
                try CaseFile.decode(try Files.read(out)))
            #expect(proven.steps.count == 3 && proven.standing != nil)
            // That has a later step than the other case, and is none of it.
            let later = try await client.caseStanding(issuer, found.id)
            try await LyingServer.tell(
                Self.saying("that of another", Self.quoted(.caseSteps)) { _ in later },
                about: node, in: folder.path,
                FoundClaims.show(found.other) + ["--out", out + "2"])
        }
    }

    /// A step of a case at a node, taken by nothing but its desk.
    private func take(
        _ step: CaseBody.Step, after previous: UInt64?, of id: OpaqueID, _ client: NodeClient
    ) async throws {
        let statement = CaseStatement(blindedCase: id, step: step, words: "", findings: [.zero])
        let number = try await client.submit(
            Submission(
                kind: .case, eventTime: Timestamp(milliseconds: 1_700_000_000_000),
                body: .case(CaseBody(blindedCase: id, step: step, previous: previous)),
                payload: statement.payload))
        _ = try await client.committed(try node.place.institution, StreamID(0), number: number)
    }

    @Test("what was said before is believed as of its block, and not beside what is newer")
    func replayed() async throws {
        try await OneVote.live([node]) { clients in
            let client = clients[0]
            let found = try await FoundClaims(at: node, client, in: folder.path)
            let genesis = try node.place.genesis
            let head = folder.path + "/late.head"
            try await node.keepHead(at: head, client)
            let memory = found.before.memory
            // All of it: it holds, and says as of when.
            let out = folder.path + "/old"
            let proof = FoundClaims.proof(of: found.withdrawn) + ["--out", out + ".proof"]
            let show = FoundClaims.show(found.id) + ["--out", out + ".case"]
            for command in [proof, show] {
                try await LyingServer.tell(
                    memory.saying("all of before"), about: node, in: folder.path, command)
            }
            let bundle = try FindingBundle.decode(try Files.read(out + ".proof"))
            let finding = try FindingVerifier(genesis: genesis).verify(bundle)
            let height = try StandingProof.decode(found.before.unwithdrawn).head.header.height
            #expect(finding.proven.standing?.withdrawal == nil)
            #expect(
                finding.limits.contains(
                    "That the finding was not withdrawn after block \(height) is not proved."))
            let proven = try Auditor(genesis: genesis).verify(
                try CaseFile.decode(try Files.read(out + ".case")))
            #expect(proven.steps.count == 1)
            #expect(
                proven.limits.contains("That no step came after block \(height) is not proved."))
            // Who trusts a newer head, or is shown one beside it, is not told so.
            for command in [proof, show] {
                try await LyingServer.tell(
                    memory.saying("all of before", words: Self.quoted(.trustedHead)),
                    about: node, in: folder.path, command + ["--head", head])
            }
            for command in [proof, show] {
                try await LyingServer.tell(
                    .none, about: node, in: folder.path, command + ["--head", head])
            }
            for (command, step) in [(proof, ProofStep.withdrawal), (show, .caseSteps)] {
                try await LyingServer.tell(
                    memory.saying("an old desk and standing", words: Self.quoted(step)) { asked in
                        switch asked {
                        case .desk, .findingStanding, .caseStanding: true
                        default: false
                        }
                    }, about: node, in: folder.path, command)
            }
        }
    }

    @Test("nothing of a case is shown or given that is not linked with the head that is trusted")
    func unlinked() async throws {
        try await OneVote.live([node]) { clients in
            let found = try await FoundClaims(at: node, clients[0], in: folder.path)
            let head = folder.path + "/bent.head"
            try await node.keepHead(Height(4), at: head, clients[0])
            let bytes = try Files.read(head)
            let root = try BlockHeader.decode(bytes[...]).treeRoot.bytes
            let place = try #require(
                bytes.indices.first { bytes[$0...].starts(with: root) })
            try Files.write(
                bytes[..<place] + [bytes[place] ^ 1] + bytes[(place + 1)...], to: head)
            let id = found.id.description
            let out = folder.path + "/out"
            for command in [
                ["case", "show", id, "--out", out],
                ["case", "share", id, "--to", "hospital"],
                ["case", "notice", id, "--about", "institution:hospital"],
            ] {
                let lie = Lie(name: "another past", words: Self.quoted(.trustedHead))
                try await LyingServer.tell(
                    lie, about: node, in: folder.path, command + ["--head", head])
            }
            #expect(!Files.isThere(out))
        }
    }

    @Test("what the desk leaves out is missed by how the ledger has it")
    func leftOut() async throws {
        try await OneVote.live([node]) { clients in
            let client = clients[0]
            let found = try await FoundClaims(at: node, client, in: folder.path)
            let desk = found.before.memory.saying("an old desk") { asked in
                if case .desk = asked { true } else { false }
            }
            let out = folder.path + "/out"
            try await LyingServer.tell(
                desk, about: node, in: folder.path,
                FoundClaims.proof(of: found.withdrawn) + ["--out", out])
            let bundle = try FindingBundle.decode(try Files.read(out))
            let proven = try FindingVerifier(genesis: try node.place.genesis).verify(bundle).proven
            #expect(proven.withdrawal == nil && proven.standing?.withdrawal != nil)
            let server = try await LyingServer(before: node.place, in: folder.path, desk)
            await #expect {
                try await LyingServer.run(
                    FoundClaims.show(found.id) + ["--out", out + ".case", "--node", server.place])
            } throws: { error in
                (error as? Failure)?.message.contains("the case has a step at leaf") == true
            }
            await server.stop()
            #expect(!Files.isThere(out + ".case"))
        }
    }
}

extension MapProof {
    /// The same with a bit of the value flipped.
    fileprivate var withAnotherValue: MapProof {
        MapProof(
            slotCount: slotCount, slot: slot, key: key, nextKey: nextKey,
            value: Array(value.dropLast()) + [(value.last ?? 0) ^ 1], path: path)
    }
}
