internal import Foundation
internal import Node
internal import Supervision
internal import Testing

@testable import custos

/// `custos query --person` of somebody whom the identity provider does not know.
@Suite("A query about a stranger", .timeLimit(.minutes(30)))
struct UnknownPersonTests {
    private let folder: TemporaryFolder
    private let node: OneVote

    init() throws {
        folder = try TemporaryFolder()
        node = try OneVote(folder.path + "/n")
    }

    @Test("it is refused by the name, asks nobody to enrol, and asks nothing of the ledger")
    func stranger() async throws {
        // The node has no desk: what one would say is said for it.
        let desk = Lie(
            name: "an identity provider that knows nobody",
            words: ["knows nobody by 'S1234567'"],
            answer: { request, honest in
                if case .query = request { Issue.record("the ledger was asked") }
                return honest
            },
            invention: { request in
                guard case .desk(let bytes) = request else { return nil }
                guard
                    case .names(let names, _, _, enrols: false) = try? DeskRequest.decode(bytes)
                else {
                    Issue.record("the desk was asked something else, or to enrol")
                    return nil
                }
                return NamesAnswer(
                    ids: names.map { _ in nil }, unknown: Array(names.indices)
                ).encode()
            })
        try await OneVote.live([node]) { _ in
            for more in [[], ["--epochs", "1-3"], ["--from", "2023-01-01", "--to", "2024-01-01"]] {
                try await LyingServer.tell(
                    desk, about: node, in: folder.path,
                    ["query", "--person", "S1234567"] + more)
            }
        }
    }
}
