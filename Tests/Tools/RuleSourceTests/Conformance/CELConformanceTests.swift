import Foundation
import Testing

@Suite("CEL conformance")
struct CELConformanceTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test("what is in the subset is right, and all else is refused", arguments: CELCase.files)
    func conforms(file: String) throws {
        var passed = 0
        var refused = 0
        for test in try CELCase.all(in: file, root: Self.root) {
            switch test.run() {
            case .passed: passed += 1
            case .refused(let message):
                #expect(!message.isEmpty, "\(test.name)")
                refused += 1
            case .wrong(let what):
                Issue.record("\(file) \(test.name): \(test.expression): \(what)")
            }
        }
        let row = "| \(file) | \(passed + refused) | \(passed) | \(refused) |"
        let page = try String(
            contentsOf: Self.root.appending(path: "docs/cel-subset.md"), encoding: .utf8)
        #expect(page.contains(row), "docs/cel-subset.md must say: \(row)")
    }
}
