import Primitives
import Records
import RuleEngine
import Testing

@testable import RuleSource

@Suite("Cases as changes to one set of facts")
struct CaseTableTests {
    private func read(_ text: String) throws -> RuleTestFile {
        try RuleTestReader.read(text, file: "X.tests.yaml")
    }

    /// One case that must flag, with these changes.
    private func one(_ changes: String) throws -> RuleTestFile.Case {
        try #require(
            try read(
                """
                rule: X
                judged: second
                spare:
                  before: {encounter: {patient: p1, class: HSP}}
                facts:
                  first: {dispense: {patient: "p{n}", date: "2021-05-{nn}", days: 30}}
                  second: {dispense: {patient: p1, date: 2021-05-20}}
                flag:
                  - a case: {\(changes)}
                """
            ).cases.first)
    }

    private func days(_ testCase: RuleTestFile.Case) -> [FactValue?] {
        testCase.facts.map { $0.fact["days"] }
    }

    @Test("without changes the facts stand as they are, and spare ones do not")
    func plain() throws {
        let file = try read(
            """
            rule: X
            spare:
              before: {encounter: {patient: p1}}
            facts:
              first: {dispense: {patient: p1, days: 30}}
            flag: [a name alone]
            no flag:
              - with changes: {first.days: 10}
            not evaluated:
              - nothing is known: {without: first.days}
            """)
        #expect(file.cases.map(\.name) == ["a name alone", "with changes", "nothing is known"])
        #expect(file.cases.map(\.expected) == [.flag, .noFlag, .notEvaluated])
        #expect(file.cases.map(\.facts.count) == [1, 1, 1])
        #expect(file.cases.map { days($0)[0] } == [.integer(30), .integer(10), nil])
        #expect(file.cases.allSatisfy { $0.flags == nil })
    }

    @Test("spare facts stand before the others, and where they are changed they stand, too")
    func spare() throws {
        for changes in ["with: before", "with: [before]", "before.class: IMP"] {
            let found = try one(changes)
            #expect(found.facts.map(\.fact.kind) == [.encounter, .dispense, .dispense])
            #expect(found.facts.map(\.position.leafIndex) == [1, 2, 3])
            #expect(found.flags == [3])
        }
    }

    @Test("a fact that is left out moves those after it")
    func without() throws {
        let found = try one("without: first")
        #expect(found.facts.count == 1 && found.flags == [1])
    }

    @Test("copies are numbered, and flags name the last of them")
    func copies() throws {
        let found = try one("repeat: {first: 12}, flags: [first, second]")
        #expect(found.facts.count == 13 && found.flags == [12, 13])
        #expect(found.facts[8].fact["date"] == .date(Day(year: 2021, month: 5, day: 9)!))
        #expect(Set(found.facts.map { $0.fact["patient"] }).count == 12)
    }

    @Test("what is wrong is told with line, column and the nearest name")
    func errors() {
        let wrong: [(changes: String, message: String)] = [
            ("frist.days: 3", "X.tests.yaml:9:14: there is no fact called 'frist'; did you"),
            ("with: aftre", "there is no fact called 'aftre'; there are before, first, second"),
            ("first.dayz: 3", "a dispense has no field 'dayz'; did you mean 'days'?"),
            ("first.days: soon", "'soon' is not a whole number"),
            ("wiht: before", "there is no change 'wiht'"),
            ("without: second.days", "the field 'days' is not known here anyway"),
            ("repeat: {first: many}", "how often, from 0 to 1000, is expected here"),
            ("now: today", "'today' is neither a date nor an instant"),
        ]
        for (changes, message) in wrong {
            do {
                _ = try one(changes)
                Issue.record("\(changes) was taken")
            } catch {
                #expect("\(error)".contains(message), "\(error)")
            }
        }
    }
}
