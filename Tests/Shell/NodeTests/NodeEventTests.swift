internal import Consensus
internal import Foundation
internal import Hosting
internal import Logging
internal import Primitives
internal import Synchronization
internal import Testing

@testable import Node

@Suite("What a node logs")
struct NodeEventTests {
    @Test func namesTheEventAndItsFields() {
        let lines = LogRecorder.Lines()
        var logger = Logger(label: "a test") { _ in LogRecorder(lines: lines) }
        logger.logLevel = .info
        logger.note(
            .warning, .peerDropped, "dropped", [.peer: "insurer", .height: Height(7)])
        logger.note(.debug, .peerLost, "not asked for")
        #expect(
            lines.fields == [["event": "peer.dropped", "peer": "insurer", "height": "7"]])
    }

    /// Whoever reads logs by program finds every name in the documentation, and no other.
    @Test func isDocumented() throws {
        let root = URL(filePath: "../../..", relativeTo: URL(filePath: #filePath)).absoluteURL
        let text = try String(
            contentsOf: root.appending(path: "docs/operating.md"), encoding: .utf8)
        for event in NodeEvent.allCases { #expect(text.contains("`\(event.rawValue)`")) }
        for field in LogField.allCases { #expect(text.contains("`\(field.rawValue)`")) }
    }
}
