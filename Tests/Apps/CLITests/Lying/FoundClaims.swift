internal import Cryptography
internal import Findings
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Records
internal import RuleLanguage
internal import SampleRules
internal import Supervision
internal import Testing

@testable import custos

/// What a node's rule found in three claims, and two cases: one finding was withdrawn, and a case
/// of several steps rests on the others.
struct FoundClaims {
    let withdrawn: Digest
    let standing: Digest
    /// The case of the finding that stands, and the one of the other.
    let id: OpaqueID
    let other: OpaqueID
    let before: Before

    /// What the node said of them when there was less to say.
    struct Before {
        /// Before the case was opened.
        let unopened: [UInt8]
        /// Before the finding was withdrawn, and how the other stood then.
        let unwithdrawn: [UInt8]
        let standing: [UInt8]
        /// Before the last step of the case.
        let shorter: [UInt8]
        /// All that it answered while the case had one step, and no finding was withdrawn.
        let memory: Memory
    }

    static let rule = Rule.claimsWithoutRecord()

    /// Hands in claims at a node of this rule, and takes the steps of the cases, in this folder.
    init(at node: OneVote, _ client: NodeClient, in folder: String) async throws {
        for patient in 0..<3 { _ = try await client.submit(try Self.claim(patient)) }
        let found = try await Self.until(node, client) { items in
            items.count == 3 && items.allSatisfy { $0.standing != nil }
        }
        // In the order of the claims.
        let ordered = try found.sorted { try Self.leaf($0) < Self.leaf($1) }
        let (gone, kept, third) = (ordered[0], ordered[1], ordered[2])
        (withdrawn, standing) = (gone.id, kept.id)
        id = try #require(kept.standing).blindedCase
        other = try #require(gone.standing).blindedCase
        let issuer = try node.place.institution
        func run(_ arguments: [String]) async throws {
            try await LyingServer.run(arguments + ["--node", node.place.file])
        }
        let unopened = try await client.caseStanding(issuer, id)
        try await run(["case", "open", gone.id.description])
        try await run(["case", "open", kept.id.description])
        let unwithdrawn = try await client.findingStanding(gone.id)
        let earlier = try await client.findingStanding(kept.id)
        let memory = Memory()
        for (number, command) in [Self.proof(of: gone.id), Self.show(id)].enumerated() {
            try await LyingServer.tell(
                memory.hearing, about: node, in: folder,
                command + ["--out", folder + "/heard\(number)"])
        }
        _ = try await client.submit(
            try Self.submission(.record, Fact(.record), of: OneVote.patients[0]))
        _ = try await Self.until(node, client) { items in
            items.contains { $0.id == gone.id && $0.standing?.withdrawal != nil }
        }
        try await run(["case", "share", id.description, "--to", "hospital"])
        let shorter = try await client.caseStanding(issuer, id)
        try await run(["case", "add", id.description, "--finding", third.id.description])
        before = Before(
            unopened: unopened, unwithdrawn: unwithdrawn, standing: earlier, shorter: shorter,
            memory: memory)
    }

    static func proof(of finding: Digest) -> [String] {
        ["proof", "--finding", finding.description]
    }

    static func show(_ id: OpaqueID) -> [String] { ["case", "show", id.description] }

    private static func claim(_ number: Int) throws -> Submission {
        let claim = OpaqueID(prefixOf: SHA256.hash(Array("claim \(number)".utf8)))
        var fact = Fact(.claim)
        try fact.set("claim", to: .id(claim))
        return try submission(.claim, fact, of: OneVote.patients[number], [.claim(claim)])
    }

    private static func submission(
        _ kind: EntryKind, _ fact: Fact, of patient: OpaqueID, _ subjects: [Subject] = []
    ) throws -> Submission {
        var fact = fact
        try fact.set("patient", to: .id(patient))
        return Submission(
            kind: kind, eventTime: Timestamp(milliseconds: 1_700_000_000_000),
            subjects: [.patient(patient)] + subjects,
            payload: Payload(mediaType: "", source: [], facts: [fact]))
    }

    /// The leaf of the claim that a finding is about.
    private static func leaf(_ item: FindingList.Item) throws -> UInt64 {
        try FindingOutline.decode(try #require(item.body)).leaves[0]
    }

    /// What the node's desk has found, as soon as it is so; looks with each further block.
    private static func until(
        _ node: OneVote, _ client: NodeClient, _ isSo: ([FindingList.Item]) -> Bool
    ) async throws -> [FindingList.Item] {
        for _ in 0..<200 {
            let items = try await Desk.findings(of: client)
            if isSo(items) { return items }
            try await node.block([2], client)
        }
        throw Failure(.other, "200 blocks later it is not so")
    }
}
