import Foundation
import RuleEngine
import RuleLanguage
import Testing

@testable import RuleSource

/// The rules of the repository, read once.
private let shipped = RuleFolder(path: shippedPath)
private let shippedPath = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "rules").path

@Suite("Shipped rules")
struct ShippedRulesTests {
    @Test("every rule, predicate and table under rules/ is right")
    func allAreRight() {
        for problem in shipped.errors { Issue.record("\(problem)") }
        #expect(shipped.rules.count >= 40)
        #expect(shipped.tables.count >= 20)
    }

    @Test("the rules come from all eight groups of the pattern catalogue")
    func groups() {
        let groups = Set(shipped.rules.map { String($0.rule.header.id.prefix(2)) })
        #expect(groups == ["ID", "PR", "RX", "PH", "NW", "ST", "AC", "CE"])
        for entry in shipped.rules {
            #expect(entry.file.hasSuffix("/\(entry.rule.header.id).yaml"))
        }
    }

    @Test("every rule says what NHSA's header asks for, on what law it stands and where it errs")
    func headers() {
        let wanted: [RuleAttribute] = [
            .definition, .logic, .references, .falsePositives, .stage, .interval, .facilityLevel,
            .facilityType, .personnel, .scenario, .fundType, .insuranceType, .category, .pattern,
        ]
        for entry in shipped.rules {
            let header = entry.rule.header
            let said = header.attributes.filter { !$0.text.isEmpty }.map(\.name)
            for attribute in wanted where !said.contains(attribute) {
                Issue.record("\(entry.file) does not say its \(attribute.name)")
            }
            #expect(!header.basis.isEmpty && header.basis.allSatisfy { !$0.law.isEmpty })
        }
    }

    @Test("every rule stands as the formatter writes it")
    func formatted() throws {
        let reader = RuleReader(
            schema: .facts(tables: shipped.tables.map(\.schema)),
            reasoning: shipped.reasoning.map(\.name.name))
        for entry in shipped.rules {
            let text = try String(contentsOfFile: entry.file, encoding: .utf8)
            let formatted = try RuleFormatter.format(
                text, file: entry.file, reader: reader, predicates: shipped.predicates,
                reasoning: shipped.reasoning)
            #expect(formatted == text, "\(entry.file): run 'custos rules format'")
        }
        for file in shipped.definitionFiles {
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let formatted = try RuleFormatter.format(
                text, file: file, reader: reader, predicates: shipped.predicates,
                reasoning: shipped.reasoning)
            #expect(formatted == text, "\(file): run 'custos rules format'")
        }
    }

    @Test(
        "each rule's cases notice when a threshold moves by a fifth",
        arguments: shipped.rules.map(\.file))
    func mutation(file: String) throws {
        let entry = try #require(shipped.rules.first { $0.file == file })
        let tests = try #require(try RuleTestReader.beside(file))
        let found = try RuleMutation.unnoticed(tests, rule: entry.rule, tables: shipped.tables)
        for change in found.unnoticed { Issue.record("\(file): \(change): no case notices") }
    }

    @Test("every threshold has a unit and says where it comes from")
    func limits() throws {
        let table = try #require(shipped.tables.first { $0.schema.name == "limits" })
        #expect(table.schema.values.map(\.name) == ["value", "unit", "source"])
        for row in table.rows {
            for value in row.values {
                if case .text(let text)? = value { #expect(text.count > 1) }
                #expect(value != nil, "\(row.keys) lacks a cell")
            }
        }
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
        #expect(report.flagCount >= 10 && report.noFlagCount >= 10)
        for condition in report.coverage where !condition.isWhole {
            Issue.record(
                "\(file): \(condition.place): \(condition.text) was never \(!condition.wasTrue)")
        }
    }
}
