import Testing

@testable import Synthesis

@Suite("A scoreboard")
struct ScoreboardTests {
    static func planted(
        _ number: Int, _ pattern: String, _ difficulty: Difficulty = .easy, records: [String],
        also: [String] = []
    ) -> TruthCase {
        TruthCase(
            number: number, scheme: "s", pattern: pattern, also: also, difficulty: difficulty,
            subject: "P\(number)", actors: [], records: records, day: 100, amount: 1_000)
    }

    static func found(
        _ rule: String, _ subject: String, _ records: [String], day: Int = 103, isOpen: Bool = true
    ) -> FoundFinding {
        FoundFinding(
            rule: rule, subject: subject, records: records, day: day, amount: nil, isOpen: isOpen)
    }

    static let truth = [
        planted(1, "PR-03", records: ["claims/c1", "claims/c2"], also: ["PR-04"]),
        planted(2, "PR-03", .near, records: ["claims/c3"]),
    ]

    static func line(_ findings: [FoundFinding]) throws -> Scoreboard.Line {
        let board = Scoreboard(truth: truth, findings: findings, rules: ["PR-03"], claims: 2_000)
        return try #require(board.lines.first { $0.pattern == "PR-03" })
    }

    @Test("a case is found by its rows, its amount with it, and the wait is told")
    func finds() throws {
        let line = try Self.line([Self.found("PR-03", "P9", ["claims/c2"])])
        #expect((line.easy.hits, line.easy.of) == (1, 1))
        #expect((line.near.hits, line.near.of) == (0, 1))
        #expect((line.amountFound, line.amountPlanted) == (1_000, 2_000))
        #expect(line.daysToDetect == 3)
        #expect(line.falseCases == 0)
    }

    @Test("without rows, the subject decides")
    func subject() throws {
        #expect(try Self.line([Self.found("PR-03", "P2", [])]).near.hits == 1)
        #expect(try Self.line([Self.found("PR-03", "P3", [])]).falseCases == 1)
    }

    @Test("another pattern's finding is no detection, and no false alarm where the case shows it")
    func also() throws {
        let findings = [
            Self.found("PR-04", "P1", ["claims/c1"]), Self.found("PR-04", "P2", ["claims/c3"]),
        ]
        let board = Scoreboard(
            truth: Self.truth, findings: findings, rules: ["PR-03", "PR-04"], claims: 2_000)
        #expect(board.recall.map(\.hits) == [0, 0, 0])
        #expect(board.falseCases == 1)
        #expect(board.falsePerThousandClaims == 500)
    }

    @Test("a case that others labelled without rows is told by its subject, and has no difficulty")
    func labelled() throws {
        let truth = [
            TruthCase(labelled: 1, scheme: "s", pattern: "AC-12", subject: "U1", record: nil),
            TruthCase(labelled: 2, scheme: "t", pattern: "", subject: "U2", record: "rows/2"),
        ]
        let findings = [
            Self.found("AC-12", "U1", ["rows/7"]), Self.found("AC-12", "U2", ["rows/2"]),
        ]
        let board = Scoreboard(truth: truth, findings: findings, rules: ["AC-12"], claims: 0)
        #expect((board.recallOfAll.hits, board.recallOfAll.of) == (1, 1))
        #expect(board.recall.map(\.of) == [0, 0, 0])
        #expect(board.falseCases == 1)
        #expect(board.unguarded == ["t"])
    }

    @Test("alarms about one subject are one case, and a withdrawn finding is none")
    func cases() throws {
        let line = try Self.line([
            Self.found("PR-03", "P7", ["claims/c7"]), Self.found("PR-03", "P7", ["claims/c8"]),
            Self.found("PR-03", "P8", ["claims/c9"], isOpen: false),
            Self.found("PR-03", "P2", ["claims/c3"], isOpen: false),
        ])
        #expect(line.falseCases == 1)
        #expect(line.withdrawn == 2)
        #expect(line.recall.hits == 0)
        #expect((line.precision.hits, line.precision.of) == (0, 1))
    }

    @Test("a variant of a rule is for the same pattern")
    func variants() {
        #expect(Scoreboard.pattern(of: "RX-03b") == "RX-03")
        #expect(Scoreboard.pattern(of: "RX-03") == "RX-03")
    }

    @Test("a scheme for which no rule ran is named, and spoils no recall")
    func unguarded() {
        let board = Scoreboard(truth: Self.truth, findings: [], rules: ["AC-01"], claims: 1)
        #expect(board.unguarded == ["s"])
        #expect(board.recall.map(\.of) == [0, 0, 0])
    }

    /// Bounds as R's `binom.confint(method = "wilson")` and other programs print them.
    static let bounds: [(hits: Int, of: Int, low: Int, high: Int)] = [
        (8, 10, 490_162, 943_318), (0, 10, 0, 277_533), (10, 10, 722_467, 1_000_000),
        (50, 100, 403_832, 596_168), (1, 1, 206_543, 1_000_000),
    ]

    @Test("bounds are those of Wilson", arguments: bounds)
    func wilson(hits: Int, of tries: Int, low: Int, high: Int) {
        let share = Wilson(hits, of: tries)
        #expect(abs(share.low - low) <= 30, "\(share)")
        #expect(abs(share.high - high) <= 30, "\(share)")
    }

    @Test("a share of many is narrow, and no number is too large")
    func large() {
        let share = Wilson(900_000, of: 1_000_000)
        #expect(share.share == 900_000)
        #expect((899_000...900_000).contains(share.low))
        #expect((900_000...901_000).contains(share.high))
        #expect(Wilson(0, of: 0).share == nil)
    }

    @Test("a table of findings is read as it was written")
    func table() throws {
        let file = try TestRegion.temporary(
            FoundFinding.table([
                Self.found("PR-03", "P1", ["claims/c1", "claims/c2"]),
                FoundFinding(
                    rule: "AC-01", subject: "D1", records: [], day: nil, amount: nil,
                    isOpen: false),
            ]))
        let read = try FoundFinding.read(file)
        #expect(read.map(\.rule) == ["PR-03", "AC-01"])
        #expect(read[0].records == ["claims/c1", "claims/c2"])
        #expect(read.map(\.day) == [103, nil])
        #expect(read.map(\.isOpen) == [true, false])
    }
}
