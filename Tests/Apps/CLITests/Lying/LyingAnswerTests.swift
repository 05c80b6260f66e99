internal import ArgumentParser
internal import Consensus
internal import Cryptography
internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Records
internal import Strangers
internal import Supervision
internal import Testing

@testable import custos

/// `custos query` before a server that lies about what an honest node answers.
@Suite("Commands before a server that lies about lists", .timeLimit(.minutes(30)))
struct LyingAnswerTests {
    private let folder: TemporaryFolder
    private let node: OneVote

    init() throws {
        folder = try TemporaryFolder()
        node = try OneVote(folder.path + "/n")
    }

    private static let patient = OneVote.patients[0].description
    private static let middle = HeightRange(Height(3), Height(7))
    private static let asked = [
        "query", "patient", patient, "--anchored-from", "2020-01-01", "--limit", "2000",
    ]

    /// The answer with another page, where that is what was asked for.
    private static func page(
        _ change: @escaping @Sendable (AnswerPage) -> AnswerPage
    ) -> @Sendable (ControlRequest, [UInt8]) -> [UInt8]? {
        { request, bytes in
            guard case .query = request, let answer = try? QueryAnswer.decode(bytes[...]),
                let page = answer.page.flatMap({ try? AnswerPage.decode($0) })
            else { return bytes }
            return QueryAnswer(page: change(page).encode(), rows: [], next: answer.next).encoded
        }
    }

    /// What a liar has at hand at this node.
    private func material(_ client: NodeClient) async throws -> LieMaterial {
        func page(_ number: Int) async throws -> AnswerPage {
            var query = Query()
            query.patient = OneVote.patients[number]
            query.anchoredFrom = try Day.reading("2020-01-01").start
            let answer = try await client.query(
                QueryRequest(query.named, heights: Self.middle))
            return try AnswerPage.decode(try #require(answer.page))
        }
        let block = try await client.block(Height(5))
        return LieMaterial(
            honest: try await page(0), another: try await page(1), stranger: try await page(2),
            older: ClaimedHead(
                header: try Block.decode(block.block).header,
                commitProof: try CommitProof.decode(block.commitProof[...]).claimed))
    }

    @Test("every lie about a page is refused at its step, in every format, and the truth taken")
    func pages() async throws {
        try await OneVote.live([node]) { clients in
            let client = clients[0]
            let material = try await material(client)
            let command = Self.asked + ["--after", "up:\(Self.middle)"]
            for format in ["text", "csv", "ndjson", "fhir"] {
                try await LyingServer.tell(
                    .none, about: node, in: folder.path, command + ["--format", format])
            }
            for (index, lie) in AnswerLie.all.enumerated() {
                let format = ["text", "csv", "ndjson", "fhir"][index % 4]
                try await LyingServer.tell(
                    Lie(
                        name: lie.name, words: lie.steps.map { "\"\($0.rawValue)\"" },
                        answer: Self.page { _ in lie.page(material) }),
                    about: node, in: folder.path, command + ["--format", format])
            }
        }
    }

    @Test("an answer to another question, or to a part of it, is refused")
    func questions() async throws {
        try await OneVote.live([node]) { _ in
            let lies = questionLies()
            for lie in lies {
                try await LyingServer.tell(lie, about: node, in: folder.path, Self.asked)
            }
            try await LyingServer.tell(
                lies[0], about: node, in: folder.path, Self.asked + ["--oldest-first"])
        }
    }

    /// Answers to other questions, and pages that do not follow; the first is no lie.
    private func questionLies() -> [Lie] {
        let cover = ["\"\(ProofStep.cover.rawValue)\""]
        func asking(
            _ change: @escaping @Sendable (inout QueryRequest) -> Void
        )
            -> @Sendable (
                ControlRequest
            ) -> ControlRequest
        {
            { request in
                guard case .query(var query) = request else { return request }
                change(&query)
                return .query(query)
            }
        }
        func next(
            _ change: @escaping @Sendable (HeightRange?) -> HeightRange?
        ) -> @Sendable (ControlRequest, [UInt8]) -> [UInt8]? {
            { request, bytes in
                guard case .query = request, let answer = try? QueryAnswer.decode(bytes[...])
                else { return bytes }
                return QueryAnswer(page: answer.page, rows: [], next: change(answer.next)).encoded
            }
        }
        // Pages of one row each, so that each answer has several.
        let small = asking { $0.rowCount = 1 }
        return [
            Lie(name: "several pages", question: small),
            Lie(
                name: "about somebody else", words: cover,
                question: asking { $0.query.patient = OneVote.patients[1] }),
            Lie(
                name: "of fewer kinds", words: cover,
                question: asking { $0.query.kinds = [.access] }),
            Lie(
                name: "of other blocks", words: cover,
                question: asking { $0.heights = HeightRange(Height(2), Height(6)) }),
            Lie(
                name: "a second page that leaves a block out", words: cover,
                question: asking { request in
                    request.rowCount = 1
                    request.heights = request.heights.map {
                        request.isNewestFirst
                            ? HeightRange($0.first, Height($0.last.blocks - 1))
                            : HeightRange($0.first.next, $0.last)
                    }
                }),
            Lie(
                name: "an end before the end", words: cover, question: small,
                answer: next { _ in nil }),
            Lie(
                name: "a cursor that skips a block", words: cover, question: small,
                answer: next { $0.map { HeightRange($0.first, Height($0.last.blocks - 1)) } }),
            Lie(
                name: "rows without the proof", words: ["\"\(ProofStep.form.rawValue)\""],
                question: asking { $0.isProved = false }),
        ]
    }

    @Test("epochs of a patient that are left out are missed")
    func epochs() async throws {
        try await OneVote.live([node]) { _ in
            func naming(_ epochs: [UInt32], words: [String] = []) -> Lie {
                Lie(
                    name: "epochs \(epochs)", words: words,
                    invention: { request in
                        guard case .desk = request else { return nil }
                        // Two pseudonyms of one epoch are one person's who was joined.
                        return SpansAnswer(
                            spans: epochs.enumerated().map { place, epoch in
                                PatientEpoch(
                                    epoch: epoch,
                                    pseudonym: OpaqueID(prefixOf: SHA256.hash([UInt8(place)])))
                            }.sorted()
                        ).encode()
                    })
            }
            let command = ["query", "patient", Self.patient, "--epochs", "4-6"]
            for epochs in [[4, 5, 6], [4, 5, 5, 6]] as [[UInt32]] {
                try await LyingServer.tell(naming(epochs), about: node, in: folder.path, command)
            }
            for epochs in [[4, 6], [4, 5], [5, 6], [4, 5, 6, 7], []] as [[UInt32]] {
                try await LyingServer.tell(
                    naming(epochs, words: ["names the patient in the epochs"]), about: node,
                    in: folder.path, command)
            }
            // The right epochs, and a page with the lists of fewer.
            var lie = naming([4, 5, 6], words: ["\"\(ProofStep.cover.rawValue)\""])
            lie.answer = Self.page { $0.with(parts: Array($0.parts.dropLast())) }
            try await LyingServer.tell(lie, about: node, in: folder.path, command)
        }
    }

    @Test("another past and an old answer are refused by a head that is trusted")
    func heads() async throws {
        let twin = try OneVote(folder.path + "/t", as: node)
        let foreign = try OneVote(folder.path + "/f", named: "foreign")
        try await OneVote.live([node, twin, foreign]) { clients in
            let (client, third) = (clients[0], clients[2])
            let early = folder.path + "/early.head"
            let late = folder.path + "/late.head"
            try await node.keepHead(Height(4), at: early, client)
            var query = Query()
            query.patient = OneVote.patients[0]
            query.anchoredFrom = try Day.reading("2020-01-01").start
            let old = try await client.query(QueryRequest(query.named, isNewestFirst: true)).encoded
            try await node.block([0, 1], client)
            try await node.keepHead(at: late, client)
            let trusted = ["\"\(ProofStep.trustedHead.rawValue)\""]
            let stale = Lie(
                name: "an answer of before", words: trusted,
                answer: { request, bytes in
                    if case .query = request { old } else { bytes }
                })
            let command = Self.asked + ["--head", early]
            try await LyingServer.tell(.none, about: node, in: folder.path, command)
            try await LyingServer.tell(
                .none, about: node, in: folder.path, Self.asked + ["--head", late])
            try await LyingServer.tell(
                stale, about: node, in: folder.path, Self.asked + ["--head", late])
            // Who trusts the genesis only believes both, if the keys of all validators leaked.
            try await LyingServer.tell(.none, about: twin, in: folder.path, Self.asked)
            for head in [early, late] {
                try await LyingServer.tell(
                    Lie(name: "a fork", words: trusted), about: twin, in: folder.path,
                    Self.asked + ["--head", head])
            }
            try await LyingServer.tell(
                Lie(
                    name: "no link with the trusted head", words: trusted,
                    answer: { request, bytes in
                        if case .consistency = request { nil } else { bytes }
                    }), about: node, in: folder.path, command)
            try await LyingServer.tell(
                Lie(
                    name: "a link between other trees", words: trusted,
                    question: { request in
                        guard case .consistency(let first, let second) = request else {
                            return request
                        }
                        return .consistency(from: first - 1, to: second)
                    }), about: node, in: folder.path, command)
            try await strangers(third)
        }
    }

    /// What a node of another ledger says, and validators that nobody chose.
    private func strangers(_ third: NodeClient) async throws {
        var query = Query()
        query.patient = OneVote.patients[0]
        query.anchoredFrom = try Day.reading("2020-01-01").start
        let foreign = try await third.query(
            QueryRequest(query.named, isNewestFirst: true)
        ).encoded
        try await LyingServer.tell(
            Lie(
                name: "an answer of another ledger",
                words: [
                    "\"\(ProofStep.ledger.rawValue)\"", "\"\(ProofStep.validators.rawValue)\"",
                ],
                answer: { request, bytes in
                    if case .query = request { foreign } else { bytes }
                }), about: node, in: folder.path, Self.asked)
        let block = try await third.block(Height(3))
        let before = try Block.decode(try await third.block(Height(2)).block).header
        let link = GovernanceChain.Link(
            before: before,
            head: ClaimedHead(
                header: try Block.decode(block.block).header,
                commitProof: try CommitProof.decode(block.commitProof[...]).claimed),
            validators: [0x80])
        let ledger = try node.place.genesis.ledger
        try await LyingServer.tell(
            Lie(
                name: "validators that nobody chose",
                words: ["\"\(ProofStep.validators.rawValue)\""],
                answer: { request, bytes in
                    guard case .chain = request else { return bytes }
                    return GovernanceChain(links: [link]).encode(ledger: ledger)
                }), about: node, in: folder.path, Self.asked)
    }
}
