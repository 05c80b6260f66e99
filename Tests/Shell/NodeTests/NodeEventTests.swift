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
    private struct Recorder: LogHandler {
        final class Lines: Sendable {
            let all = Mutex<[Logger.Metadata]>([])
        }

        let lines: Lines
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.all.withLock { $0.append(event.metadata ?? [:]) }
        }
    }

    @Test func namesTheEventAndItsFields() {
        let lines = Recorder.Lines()
        var logger = Logger(label: "a test") { _ in Recorder(lines: lines) }
        logger.logLevel = .info
        logger.note(
            .warning, .peerDropped, "dropped", [.peer: "insurer", .height: Height(7)])
        logger.note(.debug, .peerLost, "not asked for")
        let found = lines.all.withLock { $0.map { $0.mapValues { "\($0)" } } }
        #expect(found == [["event": "peer.dropped", "peer": "insurer", "height": "7"]])
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
