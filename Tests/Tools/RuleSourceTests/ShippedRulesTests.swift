import Foundation
import RuleEngine
import RuleLanguage
import Testing

@testable import RuleSource

/// The rules of the repository, read once.
private let shipped = RuleFolder(
    path: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "rules").path)

@Suite("Shipped rules")
struct ShippedRulesTests {
    @Test("every rule, predicate and table under rules/ is right")
    func allAreRight() {
        for problem in shipped.errors { Issue.record("\(problem)") }
        #expect(shipped.rules.count >= 12)
        #expect(shipped.tables.count >= 6)
    }

    @Test("every rule comes back from its canonical bytes with the same hash")
    func canonical() throws {
        for entry in shipped.rules {
            let bytes = entry.rule.encode()
            let read = try Rule.decode(bytes)
            #expect(read.encode() == bytes && read.hash == entry.checked.hash)
            #expect(
                try read.check(against: .facts(tables: shipped.tables.map(\.schema))).hash
                    == entry.checked.hash)
        }
    }

    @Test("no shortened or bent canonical rule is taken for the rule")
    func hostileBytes() throws {
        let bytes = try #require(shipped.rules.first).rule.encode()
        for end in bytes.indices { #expect((try? Rule.decode(Array(bytes[..<end]))) == nil) }
        for index in bytes.indices {
            var bent = bytes
            bent[index] ^= 0x15
            if let rule = try? Rule.decode(bent) { #expect(rule.encode() == bent) }
        }
    }

    @Test("each rule's cases come out as they must", arguments: shipped.rules.map(\.file))
    func cases(file: String) throws {
        let entry = try #require(shipped.rules.first { $0.file == file })
        let tests = try #require(try RuleTestReader.beside(file), "\(file) has no tests beside it")
        #expect(tests.rule == entry.rule.header.id)
        let report = try RuleTestRunner.run(tests, rule: entry.checked, tables: shipped.tables)
        for failure in report.failures {
            Issue.record("\(file): \(failure.name): \(failure.message)")
        }
        #expect(report.flagCount > 0 && report.noFlagCount > 0)
    }
}
