import Cryptography
import Foundation
import Primitives
import Records
import RuleEngine
import RuleLanguage
import RuleSource
import Testing

@testable import Batch

/// The rules of the repository, read once.
private let shipped: RuleFolder = {
    var folder = URL(filePath: #filePath)
    for _ in 0..<4 { folder.deleteLastPathComponent() }
    return RuleFolder(path: folder.appending(path: "rules").path)
}()

/// A rule over facts that three reasoning rules derive from rows of two kinds.
private func jointRule() throws -> CheckedRule {
    let texts = [
        """
        derives: care
        rule: visit
        each: encounter as e
        gives: {date: date(e.from), weight: 1}
        """,
        "derives: care\nrule: supply\neach: dispense as d\ngives: {weight: d.days}\n",
        """
        derives: care
        rule: again
        each: dispense as d
        with:
          before: care of d.patient before d.date
        when: before.any()
        gives: {weight: 0}
        """,
    ]
    let schema = RuleSchema.facts(tables: shipped.tables.map(\.schema))
    let reader = RuleReader(schema: schema, reasoning: ["care"])
    let rule = try reader.rule(
        """
        id: JR-01
        title: Care before care
        status: draft
        level: low
        result: suspicious
        each: dispense as d
        with:
          past: care of d.patient before d.date
        when: past.count() >= 2 && past.any(weight == 0)
        subject: d.patient
        involved: past
        say: "{past.count()} times, {past.sum(weight)} in all, from {past.first(date)}"
        """, file: "JR-01.yaml", predicates: [],
        reasoning: try texts.map { try reader.derivation($0, file: "care.yaml") })
    return try rule.check(against: schema)
}

@Suite("Stream, sweep and Spark")
struct SparkEqualityTests {
    private static let present = Timestamp(milliseconds: 221_845_392_000_000)

    /// All cases of all shipped rules on one ledger: people and papers of each case are its own.
    private func facts() throws -> [AnchoredFact] {
        var facts: [AnchoredFact] = []
        for entry in shipped.rules {
            let tests = try #require(try RuleTestReader.beside(entry.file))
            for (number, testCase) in tests.cases.enumerated() where testCase.sealed.isEmpty {
                for fact in testCase.facts {
                    facts.append(
                        try moved(fact, "\(entry.rule.header.id) \(number)", facts.count))
                }
            }
        }
        return facts
    }

    private func moved(
        _ fact: AnchoredFact, _ name: String, _ leaf: Int
    ) throws -> AnchoredFact {
        var copy = fact.fact
        for field in copy.kind.schema.fields {
            guard case .id(let id)? = copy[field.number] else { continue }
            let moved = OpaqueID(prefixOf: SHA256.hash(Array("\(name) \(id)".utf8)))
            try copy.set(field.name, to: .id(moved))
        }
        return AnchoredFact(
            fact: copy,
            position: LedgerPosition(
                leafIndex: UInt64(leaf), leafHash: SHA256.hash(Array("leaf \(leaf)".utf8)),
                ordinal: 0, height: Height(UInt64(leaf)), anchored: fact.position.anchored,
                issuer: fact.position.issuer))
    }

    private func lines(_ judged: [Engine.Judged], _ rule: String) -> [String] {
        judged.compactMap { item in
            guard case .finding(let body) = item.verdict else { return nil }
            return "\(rule) \(item.position.leafIndex) \(body.hex)"
        }
    }

    @Test("every shipped rule finds the same in all three, byte for byte, and so does a joint one")
    func allThree() throws {
        let facts = try facts()
        let rules = shipped.rules.map(\.checked) + [try jointRule()]
        var engine = try Engine(rules: rules, tables: shipped.tables)
        engine.take(facts, present: Self.present)
        var streamed: [String] = []
        var finding: Set<String> = []
        for judged in engine.judged {
            let id = rules[judged.rule].rule.header.id
            let found = lines([judged], id)
            streamed += found
            if !found.isEmpty { finding.insert(id) }
        }
        // Institutions are shared by all cases, so what counts by institution may find nothing.
        #expect(finding.count > rules.count * 9 / 10, "found by \(finding.sorted())")
        #expect(finding.contains("JR-01"))
        let sweep = try Sweep(
            rules: rules, tables: shipped.tables, facts: FactColumns(facts), present: Self.present)
        let swept = rules.enumerated().flatMap { number, rule in
            lines(sweep.judge(rule: number, by: ThreadWorkers(count: 2)), rule.rule.header.id)
        }
        #expect(swept == streamed)
        guard let submit = SparkRun.find() else {
            print("Spark was left out: there is no spark-submit that starts (SPARK_HOME, PATH)")
            return
        }
        #expect(try bySpark(rules, facts, submit).sorted() == streamed.sorted())
    }

    @Test(
        "rows that reasoning rules look at are tied to the judged row",
        arguments: ["PR-18", "RX-34"])
    func reasoningIsTied(id: String) throws {
        let entry = try #require(shipped.rules.first { $0.rule.header.id == id })
        let query = SparkQuery(entry.checked, partCount: 4)
        #expect(query.partCount == 4, "one part would hold all rows of a kind")
        #expect(!query.sql.contains("SELECT 0 AS part"), "\(query.sql)")
        #expect(entry.checked.windows.contains { $0.owner != nil })
    }

    @Test("so are those that several of them look at")
    func jointIsTied() throws {
        let query = SparkQuery(try jointRule(), partCount: 4)
        #expect(query.partCount == 4 && !query.sql.contains("SELECT 0 AS part"), "\(query.sql)")
        for kind in ["encounter", "dispense"] {
            #expect(query.sql.contains("JOIN \(kind) w ON w.`patient`"), "\(query.sql)")
        }
    }

    private func bySpark(
        _ rules: [CheckedRule], _ facts: [AnchoredFact], _ submit: String
    ) throws -> [String] {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "spark-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        var writer = try FactFolderWriter(path: "\(path)/facts", rowsOfFile: 300)
        for fact in facts { try writer.add(fact) }
        let folder = try writer.finish(present: Self.present)
        // What each worker would judge comes back with a mark before each part.
        let job = SparkJob(
            folder, rules: rules, parts: 3,
            command: ["sh", "-c", "echo part; cat"], out: "\(path)/found")
        let answers = try SparkRun.lines(
            of: job, submit: submit, master: "local[2]", folder: path)
        var found: [String] = []
        for part in answers.split(separator: "part", omittingEmptySubsequences: true) {
            var input = SparkPart()
            for line in part { try input.add(line) }
            for rule in rules {
                let judged = try input.judge(
                    rule, tables: shipped.tables, present: Self.present)
                found += lines(judged, rule.rule.header.id)
            }
        }
        return found
    }
}
