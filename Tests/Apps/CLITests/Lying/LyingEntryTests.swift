internal import Consensus
internal import Cryptography
internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Records
internal import Supervision
internal import Testing

@testable import custos

/// Commands that take one entry, or all of them, from a server that lies.
@Suite("Commands before a server that lies about entries", .timeLimit(.minutes(30)))
struct LyingEntryTests {
    private let folder: TemporaryFolder
    private let node: OneVote

    init() throws {
        folder = try TemporaryFolder()
        node = try OneVote(folder.path + "/n")
    }

    private func quoted(_ steps: ProofStep...) -> [String] {
        steps.map { "\"\($0.rawValue)\"" }
    }

    /// The proof file with some of it exchanged.
    private static func bend(
        _ change: @escaping @Sendable (ProofFile) -> ProofFile
    ) -> @Sendable (ControlRequest, [UInt8]) -> [UInt8]? {
        { request, bytes in
            guard case .proof = request, let file = try? ProofFile.decode(bytes) else {
                return bytes
            }
            return change(file).encode()
        }
    }

    @Test("receipts and proofs of another entry, or of none, are refused")
    func entries() async throws {
        try await OneVote.live([node]) { clients in
            let client = clients[0]
            let head = folder.path + "/head"
            try await node.keepHead(Height(4), at: head, client)
            let another = try ProofFile.decode(try await client.proof(leaf: 9))
            try await node.register("lab.example", client)
            let last = try await client.status().treeSize
            let others = try ProofFile.decode(try await client.proof(leaf: last - 1))
            let block = try await client.block(Height(3))
            let older = ClaimedHead(
                header: try Block.decode(block.block).header,
                commitProof: try CommitProof.decode(block.commitProof[...]).claimed)
            let lies = lies(another, others, older)
            for (index, lie) in lies.enumerated() {
                let out = folder.path + "/out\(index)"
                for command in ["receipt", "proof"] {
                    for entry in ["5", "hospital/0/6"] {
                        try await LyingServer.tell(
                            lie, about: node, in: folder.path,
                            [command, entry, "--out", out, "--head", head])
                    }
                }
                let isWritten = Files.isThere(out) && Files.isThere(out + ".regulator.cose")
                #expect(isWritten == lie.words.isEmpty, "\(lie.name)")
            }
            // What is written is what others check.
            let genesis = ["--genesis", node.place.configuration.genesis]
            let out = folder.path + "/out0"
            try await LyingServer.run(["verify", out] + genesis)
            let receipts = ["verify", out + ".regulator.cose", "--entry"]
            try await LyingServer.run(receipts + [out + ".entry"] + genesis)
            try Files.write(another.entry, to: folder.path + "/another.entry")
            for (name, files) in [
                ("another entry", [folder.path + "/another.entry"]),
                ("no entry", [out + ".regulator.cose"]),
                ("one receipt twice", [out + ".entry", out + ".regulator.cose"]),
            ] {
                await #expect(throws: Ending.refused, "\(name)") {
                    try await LyingServer.run(receipts + files + genesis)
                }
            }
        }
    }

    /// What is said of one entry instead: another's proof, an older head, the parts of others.
    private func lies(
        _ another: ProofFile, _ others: ProofFile, _ older: ClaimedHead
    ) -> [Lie] {
        [
            Lie.none,
            Lie(
                name: "the proof of the next entry", words: quoted(.number),
                question: { request in
                    if case .proof(let leaf) = request { .proof(leaf: leaf + 1) } else { request }
                }),
            Lie(
                name: "the place of another entry", words: quoted(.number),
                question: { request in
                    switch request {
                    case .entryByNumber(let issuer, let stream, let number):
                        .entryByNumber(issuer, stream, number: number + 1)
                    case .entryByHash, .entryByLeaf: .entryByLeaf(7)
                    default: request
                    }
                }),
            Lie(
                name: "another entry under this one's path", words: quoted(.ledgerTree),
                answer: Self.bend { $0.with(entry: another.entry) }),
            Lie(
                name: "this entry at another leaf", words: quoted(.ledgerTree),
                answer: Self.bend { $0.with(leaf: another.leafIndex) }),
            Lie(
                name: "an older head", words: quoted(.ledgerTree, .header, .trustedHead),
                answer: Self.bend { $0.with(head: older) }),
            Lie(
                name: "another batch's signature", words: quoted(.batchTree),
                answer: Self.bend { $0.with(signedHeader: another.signedHeader) }),
            Lie(
                name: "another's key", words: quoted(.issuer),
                answer: Self.bend { $0.with(issuer: others.issuer) }),
            Lie(
                name: "the last byte changed", words: quoted(.form, .issuer),
                answer: { request, bytes in
                    guard case .proof = request, let last = bytes.last else { return bytes }
                    return Array(bytes.dropLast()) + [last ^ 1]
                }),
        ]
    }

    @Test("a finding that no entry states is not kept, and not given to anybody")
    func findings() async throws {
        try await OneVote.live([node]) { _ in
            let statement = FindingStatement(
                body: [0xa0], height: Height(1), treeRoot: .zero, stateRoot: .zero)
            let parts = BundleParts(
                leafIndex: 3, statement: statement.encode(),
                salt: [UInt8](repeating: 1, count: 32), rules: [], tables: [], evidence: []
            ).encode()
            let blinded = OpaqueID(prefixOf: SHA256.hash([1]))
            let history = try history(of: blinded, restingOn: statement.finding).encode()
            let lie = Lie(
                name: "a finding made up", words: quoted(.statement),
                invention: { request in
                    guard case .desk(let bytes) = request else { return nil }
                    guard case .cases = try? DeskRequest.decode(bytes) else { return parts }
                    return history
                })
            let out = folder.path + "/finding.proof"
            let commands = [
                ["proof", "--finding", statement.finding.description, "--out", out],
                ["case", "share", blinded.description, "--to", "hospital"],
                ["case", "notice", blinded.description, "--about", "institution:hospital"],
            ]
            for command in commands {
                try await LyingServer.tell(lie, about: node, in: folder.path, command)
            }
            #expect(!Files.isThere(out))
        }
    }

    /// A case of the regulator's that rests on a finding.
    private func history(
        of blinded: OpaqueID, restingOn finding: Digest
    ) throws -> CaseHistory {
        let body = CaseBody(blindedCase: blinded, step: .opened, previous: nil)
        let statement = CaseStatement(
            blindedCase: body.blindedCase, step: body.step, words: "", findings: [finding])
        let entry = Entry(
            kind: .case, issuer: try #require(InstitutionID("regulator")), stream: StreamID(0),
            number: 1, eventTime: Timestamp(milliseconds: 1_000), body: .case(body))
        let step = CaseHistory.Step(
            leafIndex: 1, entry: entry.encode(),
            opened: CaseFile.Opened(
                statement: statement.encode(), salt: [UInt8](repeating: 1, count: 32)))
        return CaseHistory(steps: [step])
    }

    @Test("an archive with a block exchanged, cut short or changed is not kept")
    func archives() async throws {
        let twin = try OneVote(folder.path + "/t", as: node)
        try await OneVote.live([node, twin]) { clients in
            let (client, other) = (clients[0], clients[1])
            let head = folder.path + "/head"
            try await node.keepHead(at: head, client)
            let foreign = try await other.archiveBlock(Height(3))
            let lies = archiveLies(foreign)
            for lie in lies {
                let out = folder.path + "/ledger.archive"
                try await LyingServer.tell(
                    lie, about: node, in: folder.path,
                    ["archive", "export", "--out", out, "--head", head])
                #expect(Files.isThere(out) == lie.words.isEmpty, "\(lie.name)")
                #expect(!Files.isThere(out + ".part"), "\(lie.name)")
                Files.remove(out)
            }
            let out = folder.path + "/twin.archive"
            try await LyingServer.tell(
                Lie(name: "a fork", words: quoted(.trustedHead)), about: twin, in: folder.path,
                ["archive", "export", "--out", out, "--head", head])
            try await LyingServer.tell(
                .none, about: twin, in: folder.path, ["archive", "export", "--out", out])
        }
    }

    /// What is said of the blocks of an archive instead; `foreign` is block 3 of another past.
    private func archiveLies(_ foreign: [UInt8]) -> [Lie] {
        func block(
            _ change: @escaping @Sendable ([UInt8]) -> [UInt8]
        ) -> @Sendable (ControlRequest, [UInt8]) -> [UInt8]? {
            { request, bytes in
                if case .archiveBlock(Height(3)) = request { change(bytes) } else { bytes }
            }
        }
        return [
            Lie.none,
            Lie(
                name: "the next block", words: quoted(.header),
                question: { request in
                    if case .archiveBlock(Height(3)) = request {
                        .archiveBlock(Height(4))
                    } else {
                        request
                    }
                }),
            Lie(
                name: "the same block of another past", words: quoted(.header),
                answer: block { _ in foreign }),
            Lie(
                name: "a block without its batch", words: quoted(.batchTree),
                answer: block { Self.archived($0) { _ in [] } }),
            Lie(
                name: "a byte of an entry changed", words: quoted(.batchTree, .form),
                answer: block {
                    Self.archived($0) { batches in
                        batches.map { Array($0.dropLast()) + [($0.last ?? 0) ^ 1] }
                    }
                }),
            Lie(
                name: "fewer blocks", words: quoted(.cover),
                question: { request in
                    guard case .archiveHead(let first, _) = request else { return request }
                    return .archiveHead(from: first, through: Height(5))
                }),
            Lie(
                name: "later blocks only", words: quoted(.cover),
                question: { request in
                    guard case .archiveHead(_, let last) = request else { return request }
                    return .archiveHead(from: Height(2), through: last)
                }),
        ]
    }

    /// The record of a block with other batches.
    private static func archived(
        _ bytes: [UInt8], _ change: ([[UInt8]]) -> [[UInt8]]
    ) -> [UInt8] {
        guard let record = try? ArchiveBlock.decode(bytes) else { return bytes }
        return ArchiveBlock(
            block: record.block, commitProof: record.commitProof,
            batches: change(record.batches)
        ).encode()
    }
}
