internal import Node
internal import Supervision
internal import Testing

@testable import custos

/// Cases and proposals named by a beginning that nothing has.
@Suite("The beginning of an id", .timeLimit(.minutes(30)))
struct UnknownBeginningTests {
    private let folder: TemporaryFolder
    private let node: OneVote

    init() throws {
        folder = try TemporaryFolder()
        node = try OneVote(folder.path + "/n")
    }

    @Test("where nothing begins so, it says so, and which command lists what there is")
    func nothing() async throws {
        // The node has no desk: what one would say is said for it.
        let desk = Lie(
            name: "a desk that knows no case",
            words: ["no case that this node knows of begins with '77aa'; `custos case show`"],
            invention: { request in
                guard case .desk = request else { return nil }
                return CaseHistory(steps: []).encode()
            })
        let governance = Lie(
            name: "a ledger without proposals",
            words: ["no proposal begins with '77aa'; `custos govern list`"])
        try await OneVote.live([node]) { _ in
            try await LyingServer.tell(
                desk, about: node, in: folder.path, ["case", "show", "77aa"])
            try await LyingServer.tell(
                governance, about: node, in: folder.path, ["govern", "vote", "77aa", "yes"])
        }
    }
}
