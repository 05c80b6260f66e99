internal import Foundation
internal import Logging
internal import Synchronization
internal import Testing

@testable import custos

@Suite("The log as JSON")
struct JSONLogHandlerTests {
    /// What was written, line by line.
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    @Test func isALineOfTextFieldsForEachThingThatHappens() throws {
        let lines = Lines()
        var logger = Logger(label: "insurer") { label in
            JSONLogHandler(label: label) { line in lines.all.withLock { $0.append(line) } }
        }
        logger.logLevel = .info
        logger[metadataKey: "ledger"] = "ab"
        logger.warning(
            "dropped \"x\"\nfor good", metadata: ["event": "peer.dropped", "height": "7"])
        logger.debug("nobody asked for this")
        let found = lines.all.withLock { $0 }
        #expect(found.count == 1)
        let line = try #require(found.first)
        #expect(line.hasSuffix("\n") && line.dropLast().allSatisfy { !$0.isNewline })
        var fields = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
        let time = fields.removeValue(forKey: "time") ?? ""
        #expect(time.hasPrefix("20") && time.contains("T") && time.hasSuffix("Z"), "\(time)")
        #expect(
            fields == [
                "level": "warning", "node": "insurer", "message": "dropped \"x\"\nfor good",
                "event": "peer.dropped", "height": "7", "ledger": "ab",
            ])
    }
}
