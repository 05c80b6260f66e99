import Foundation
import Primitives
import Records
import RuleEngine
import Testing

@testable import RuleSource

@Suite("Cases as rows of a sheet")
struct CaseSheetTests {
    private static let head =
        "case,expect,stay,stay.class,fill,fill.patient,fill.days,flags,says,because,now"

    private func read(_ text: String) throws -> [RuleTestFile.Case] {
        try RuleTestReader.read(sheet: text, rule: "X", file: "X.tests.csv").cases
    }

    @Test(
        "a row is a case, an empty cell a field that is not known, a kind that is left out no fact")
    func rows() throws {
        let cases = try read(
            Self.head + """

                much,flag,,,dispense,p1,30,fill,of 30 days,,

                "little, in hospital",no flag,encounter,IMP,dispense,p1,3,,,,2026-02-01
                not said,not evaluated,,,dispense,p1,,,,days,
                ,,,,,,,,,,

                """)
        #expect(cases.map(\.name) == ["much", "little, in hospital", "not said"])
        #expect(cases.map(\.expected) == [.flag, .noFlag, .notEvaluated])
        #expect(
            cases.map { $0.facts.map(\.fact.kind) } == [
                [.dispense], [.encounter, .dispense], [.dispense],
            ])
        #expect(cases.map { $0.facts.last?.fact["days"] } == [.integer(30), .integer(3), nil])
        #expect(cases.map(\.flags) == [[1], nil, nil])
        #expect(cases.map(\.says) == ["of 30 days", nil, nil])
        #expect(cases.map(\.because) == [nil, nil, "days"])
        #expect(cases.map { $0.now != nil } == [false, true, false])
        #expect(cases[1].facts.map(\.position.leafIndex) == [1, 2])
    }

    @Test("semicolons, lists of codes, places on the ledger and sealed entries")
    func further() throws {
        let cases = try read(
            "case;expect;a;a.diagnoses;a.issuer;sealed.kind;sealed.patient;sealed.at\n"
                + "x;flag;claim;icd10|I10 icd10|E11.9;city;dispense;p1;2026-01-02\n")
        let fact = try #require(cases.first?.facts.first)
        #expect(
            fact.fact["diagnoses"]
                == .codes([
                    Code(system: "icd10", code: "I10"), Code(system: "icd10", code: "E11.9"),
                ]))
        #expect(fact.position.issuer.description == "city")
        #expect(cases.first?.sealed.map(\.kind) == [.dispense])
    }

    @Test(
        "what is wrong is told with line, column and the nearest name",
        arguments: [
            ("much,often,dispense,30", "X.tests.csv:2:6: expected flag, no flag or not evaluated"),
            (
                "case,expect,fill,fill.dayz\nx,flag,dispense,3",
                "1:18: a dispense has no field 'dayz'; did"
            ),
            (
                "case,expect,fill,fill.days\nx,flag,dispence,3",
                "2:8: a fact is 'KIND: {field: value}'; did"
            ),
            (
                "case,expect,fill,fill.days\nx,flag,dispense,soon",
                "2:17: 'soon' is not a whole number"
            ),
            (
                "case,expect,fill,fil.days\nx,flag,dispense,3",
                "1:18: no column 'fil' says of which kind"
            ),
            ("case,expect,fill,fill.days\nx,flag,,3", "2:9: there is no fact 'fill' in this case"),
            (
                "case,expect,fill,flags\nx,flag,dispense,file",
                "2:17: there is no fact 'file' in this"
            ),
            ("case,expct,fill\nx,flag,dispense", "the column 'expect' is missing; there are case"),
            ("case,expect,fill,fill\nx,flag,dispense,", "1:13: the column 'fill' stands twice"),
            ("case,expect,fill\nx,flag", "2:1: 2 cells; the first line names 3 columns"),
            ("case,expect,sealed.kid\nx,flag,dispense", "did you mean 'sealed.kind'?"),
            ("case,expect,fill\n", "there are no cases here"),
            ("case,expect,fill\n,flag,dispense", "the field 'case' is missing"),
        ])
    func errors(text: String, message: String) {
        let text = text.hasPrefix("case") ? text : "case,expect,fill,fill.days\n\(text)"
        do {
            _ = try read(text + "\n")
            Issue.record("\(text) was taken")
        } catch {
            #expect("\(error)".contains(message), "\(error)")
        }
    }

    @Test("cases of both kinds stand beside one rule, and those of another rule are refused")
    func beside() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "cases-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ text: String, _ name: String) throws {
            try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
        }
        let rule = folder.appending(path: "X-1.yaml").path
        #expect(try RuleTestReader.beside(rule)?.cases.count == nil)
        try write("case,expect,fill\nsheet,flag,dispense\n", "X-1.tests.csv")
        let alone = try #require(try RuleTestReader.beside(rule))
        #expect(alone.rule == "X-1" && alone.cases.map(\.name) == ["sheet"])
        try write("rule: X-1\nfacts: {a: {dispense: {}}}\nflag: [lines]\n", "X-1.tests.yaml")
        #expect(try RuleTestReader.beside(rule)?.cases.map(\.name) == ["lines", "sheet"])
        try write("case,expect,fill\nmine,flag,dispense\n", "mine.tests.csv")
        try write("id: X-1\ntests: mine.tests.csv\n", "X-1.yaml")
        #expect(try RuleTestReader.beside(rule)?.cases.map(\.name) == ["mine"])
        try write("id: X-1\ntests: [mine.tests.csv, X-1.tests.yaml]\n", "X-1.yaml")
        #expect(try RuleTestReader.beside(rule)?.cases.map(\.name) == ["mine", "lines"])
        try write("id: X-1\ntests: nowhere.tests.csv\n", "X-1.yaml")
        #expect(throws: SourceError.self) { try RuleTestReader.beside(rule) }
        try write("id: X-1\n", "X-1.yaml")
        try write("rule: X-2\nfacts: {a: {dispense: {}}}\nflag: [lines]\n", "X-1.tests.yaml")
        #expect(throws: SourceError.self) { try RuleTestReader.beside(rule) }
    }
}
