/// How well findings meet the truth.
///
/// A finding meets a case where its rule is for the case's pattern, or for one that the case cannot
/// help to show as well, and where it rests on one of the case's rows; where it names no rows, or
/// the case has none, its subject decides. What `also` names makes a finding no false alarm, and is
/// no detection.
public struct Scoreboard: Sendable {
    /// A pattern: what was planted of it, and what its rules said.
    public struct Line: Sendable, Encodable {
        public let pattern: String
        public let schemes: [String]
        public let rules: [String]
        /// Planted cases by difficulty, and those that were found.
        public let easy: Wilson
        public let near: Wilson
        public let camouflaged: Wilson
        public let recall: Wilson
        /// Cases that the rules reported, and those of them that were planted.
        public let precision: Wilson
        public let findings: Int
        public let withdrawn: Int
        public let falseCases: Int
        /// Days from the last of the deed to the finding, the middle one of the cases found.
        public let daysToDetect: Int?
        /// In minor units.
        public let amountPlanted: Int
        public let amountFound: Int
    }

    public let lines: [Line]
    public let claims: Int
    public let planted: Int
    /// Over all schemes for which there is a rule.
    public let recall: [Wilson]
    /// Whatever their difficulty, also where that is not known.
    public let recallOfAll: Wilson
    public let precision: Wilson
    public let falseCases: Int
    /// Planted schemes for which no rule ran.
    public let unguarded: [String]

    /// `rules`: the ids of the rules that ran; `claims`: how many claims they ran over.
    public init(
        truth: [TruthCase], findings: [FoundFinding], rules: [String], claims: Int
    ) {
        let matching = Matching(truth: truth, findings: findings)
        var lines: [Line] = []
        let ruled = Set((rules + findings.map(\.rule)).map(Scoreboard.pattern))
        for pattern in (ruled.union(truth.map(\.pattern))).sorted() {
            lines.append(
                Line(
                    pattern, truth: truth, findings: findings, rules: rules, matching: matching))
        }
        self.lines = lines
        self.claims = claims
        planted = truth.count
        let guarded = lines.filter { !$0.rules.isEmpty }
        recall = [\Line.easy, \.near, \.camouflaged].map { part in
            Wilson(
                guarded.reduce(0) { $0 + $1[keyPath: part].hits },
                of: guarded.reduce(0) { $0 + $1[keyPath: part].of })
        }
        recallOfAll = Wilson(
            guarded.reduce(0) { $0 + $1.recall.hits }, of: guarded.reduce(0) { $0 + $1.recall.of })
        precision = Wilson(
            guarded.reduce(0) { $0 + $1.precision.hits },
            of: guarded.reduce(0) { $0 + $1.precision.of })
        falseCases = guarded.reduce(0) { $0 + $1.falseCases }
        unguarded = lines.filter(\.rules.isEmpty).flatMap(\.schemes)
    }

    static func pattern(of rule: String) -> String {
        FoundFinding(rule: rule, subject: "", records: [], day: nil, amount: nil).pattern
    }

    /// False cases for each 1,000 claims, in thousandths.
    public var falsePerThousandClaims: Int? {
        claims > 0 ? falseCases * 1_000_000 / claims : nil
    }
}

extension Scoreboard.Line {
    init(
        _ pattern: String, truth: [TruthCase], findings: [FoundFinding], rules: [String],
        matching: Matching
    ) {
        let cases = truth.indices.filter { truth[$0].pattern == pattern }
        let own = findings.indices.filter { findings[$0].pattern == pattern }
        func recall(_ part: [Int]) -> Wilson {
            Wilson(part.count { matching.detections[$0] != nil }, of: part.count)
        }
        func recall(_ difficulty: Difficulty) -> Wilson {
            recall(cases.filter { truth[$0].difficulty == difficulty })
        }
        self.pattern = pattern
        schemes = Set(cases.map { truth[$0].scheme }).sorted()
        self.rules = Set(rules + own.map { findings[$0].rule }).sorted()
            .filter { Scoreboard.pattern(of: $0) == pattern }
        easy = recall(.easy)
        near = recall(.near)
        camouflaged = recall(.camouflaged)
        self.recall = recall(cases)
        let standing = own.filter { findings[$0].isOpen }
        // Those on one subject are one case to whoever looks into them.
        let wrong = Set(
            standing.filter { matching.cases[$0] == nil }
                .map { "\(findings[$0].rule) \(findings[$0].subject)" })
        let right = Set(
            standing.compactMap { place in
                matching.cases[place].map { "\(findings[place].rule) \($0)" }
            })
        falseCases = wrong.count
        precision = Wilson(right.count, of: right.count + wrong.count)
        self.findings = standing.count
        withdrawn = own.count - standing.count
        let days = cases.compactMap { place in
            matching.detections[place].flatMap { findings[$0].day }.map {
                max($0 - truth[place].day, 0)
            }
        }.sorted()
        daysToDetect = days.isEmpty ? nil : days[days.count / 2]
        amountPlanted = cases.reduce(0) { $0 + truth[$1].amount }
        amountFound = cases.filter { matching.detections[$0] != nil }
            .reduce(0) { $0 + truth[$1].amount }
    }
}
