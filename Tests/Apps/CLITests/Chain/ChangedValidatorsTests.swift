internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Records
internal import Supervision
internal import Testing

@testable import custos

/// The commands that ask a node and check what it says, once those who sign are no more those of
/// the genesis.
@Suite("Commands after validators changed", .timeLimit(.minutes(30)))
struct ChangedValidatorsTests {
    private static let blindedCase = FourVotes.patient

    /// A case that the regulator has opened, as `custos case open` opens one.
    private static func opening() -> Submission {
        let statement = CaseStatement(
            blindedCase: blindedCase, step: .opened, words: "a case", findings: [.zero],
            bundles: [])
        return Submission(
            kind: .case, eventTime: Timestamp(milliseconds: 1_700_000_000_000),
            body: .case(CaseBody(blindedCase: blindedCase, step: .opened, previous: nil)),
            payload: statement.payload)
    }

    /// What is asked of the node: a command, and the file that it writes.
    private struct Question {
        let command: [String]
        let file: String
        /// Whether what it writes is for `custos verify`.
        var isProof = true
    }

    private func questions(_ folder: String, leaf: UInt64) -> [Question] {
        [
            Question(
                command: [
                    "query", "patient", FourVotes.patient.description, "--anchored-from",
                    "2020-01-01",
                ], file: folder + "/trail.answer"),
            Question(command: ["proof", "\(leaf)"], file: folder + "/late.proof"),
            Question(command: ["proof", "0"], file: folder + "/first.proof"),
            Question(
                command: ["receipt", "\(leaf)"], file: folder + "/late", isProof: false),
            Question(command: ["rules", "history", "PR-03"], file: folder + "/rule.proof"),
            Question(
                command: ["case", "show", Self.blindedCase.description],
                file: folder + "/regulator.case"),
        ]
    }

    @Test("each holds with the chain that leads from the genesis, and fails without")
    func chains() async throws {
        let folder = try TemporaryFolder()
        let votes = try FourVotes(folder.path + "/n")
        try await votes.start()
        let client = try await votes.place.connect()
        for number in 0..<3 as Range<UInt8> { try await votes.link(number, client) }
        let early = folder.path + "/early.proof"
        let at = ["--node", votes.place.folder]
        try await LyingServer.run(["proof", "0", "--out", early] + at)
        // Two come to decide together, go on alone, and have one taken out. They are half of the
        // genesis' power: that is not enough to sign a block, and enough to lead to those who may.
        let regulator = try FourVotes.id("regulator")
        try await votes.agree(on: .setPower(regulator, 4), client)
        try await votes.stop(["insurer", "pharmacy"])
        try await votes.link(3, client)
        try await votes.agree(on: .remove(try FourVotes.id("pharmacy")), client)
        let step = try await votes.anchor(Self.opening(), client)
        let leaf = try await votes.link(4, client)
        let chain = folder.path + "/whole.chain"
        try await LyingServer.run(["chain", "--out", chain] + at)
        let whole = try await client.chain(from: Height(1), through: .genesis, skips: false)
        #expect(whole.links.count == 2)
        let ledger = try votes.place.genesis.ledger
        let (short, none) = (folder.path + "/short.chain", folder.path + "/no.chain")
        try Files.write(
            GovernanceChain(links: Array(whole.links.dropFirst())).encode(ledger: ledger),
            to: short)
        try Files.write(GovernanceChain(links: []).encode(ledger: ledger), to: none)
        let questions = questions(folder.path, leaf: leaf)
        for question in questions {
            try await LyingServer.run(question.command + ["--out", question.file] + at)
        }
        try await lie(to: questions, about: votes.place, in: folder.path, try Files.read(none))
        try await lieAboutSteps(of: votes.place, in: folder.path)
        // The proof of one step says that it says nothing of its case.
        let auditor = try Auditor(genesis: try votes.place.genesis, chain: whole)
        for (leaf, isStep) in [(step, true), (leaf, false)] {
            let file = folder.path + "/leaf\(leaf).proof"
            try await LyingServer.run(["proof", "\(leaf)", "--out", file] + at)
            let report = try VerifyReport(try Files.read(file), auditor)
            #expect(report.limits.contains { $0.contains("step of its case") } == isStep)
        }
        await client.close()
        try await votes.stop(["hospital", "regulator"])

        // Offline: what is newer than the change needs the chain; what is older, nothing.
        let genesis = ["--genesis", votes.genesisFile]
        for question in questions where question.isProof {
            for chain in [chain, short] {
                try await LyingServer.run(["verify", question.file, "--chain", chain] + genesis)
            }
            for arguments in [[], ["--chain", none]] {
                await #expect(throws: Ending.refused, "\(question.command) \(arguments)") {
                    try await LyingServer.run(["verify", question.file] + arguments + genesis)
                }
            }
        }
        try await LyingServer.run(["verify", early] + genesis)
        try await LyingServer.run(["verify", early, "--chain", chain] + genesis)
    }

    /// A node that shows no chain, or an empty one, is not believed, and nothing is kept.
    private func lie(
        to questions: [Question], about place: NodePlace, in folder: String, _ empty: [UInt8]
    ) async throws {
        let words = ["\"\(ProofStep.commitProof.rawValue)\""]
        let none = Lie(
            name: "no chain", words: words,
            answer: { request, bytes in
                if case .chain = request { nil } else { bytes }
            })
        let cut = Lie(
            name: "an empty chain", words: words,
            answer: { request, bytes in
                if case .chain = request { empty } else { bytes }
            })
        for lie in [none, cut] {
            for (index, question) in questions.enumerated() {
                let out = folder + "/lie\(index)"
                try await LyingServer.tell(
                    lie, about: place, in: folder, question.command + ["--out", out])
                #expect(!Files.isThere(out) && !Files.isThere(out + ".regulator.cose"))
            }
        }
    }

    /// A case whose steps are not what the node proves is not kept.
    private func lieAboutSteps(of place: NodePlace, in folder: String) async throws {
        let next = Lie(
            name: "the proof of the entry before", words: ["\"\(ProofStep.caseSteps.rawValue)\""],
            question: { request in
                if case .proof(let leaf) = request { .proof(leaf: leaf - 1) } else { request }
            })
        let salt = Lie(
            name: "another salt", words: ["\"\(ProofStep.caseStatement.rawValue)\""],
            answer: { request, bytes in
                guard case .desk = request, let history = try? CaseHistory.decode(bytes) else {
                    return bytes
                }
                return CaseHistory(
                    steps: history.steps.map { step in
                        CaseHistory.Step(
                            leafIndex: step.leafIndex, entry: step.entry,
                            opened: step.opened.map {
                                CaseFile.Opened(
                                    statement: $0.statement,
                                    salt: [UInt8](repeating: 1, count: 32))
                            })
                    }
                ).encode()
            })
        for lie in [next, salt] {
            let out = folder + "/lie.case"
            try await LyingServer.tell(
                lie, about: place, in: folder,
                ["case", "show", Self.blindedCase.description, "--out", out])
            #expect(!Files.isThere(out), "\(lie.name)")
        }
    }
}
