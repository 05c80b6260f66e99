import Cryptography
import Ledger
import Primitives
import Records
import Testing

@Suite("Rules on the ledger")
struct RuleLifeCycleTests {
    private static let three = ["city-hospital", "county-hospital", "insurer"]
    private static let runners = [TestNetwork.id("insurer"), TestNetwork.id("regulator")]
    private static let day = Day(number: 20_000)

    private static func version(
        _ label: String, trial: [InstitutionID]? = nil, from day: Day? = nil
    ) -> RuleVersion {
        RuleVersion(
            id: "AC-01", hash: TestNetwork.digest(label), runners: runners, trial: trial,
            serviceFrom: day)
    }

    @Test("a rule goes from shadow over canary into force, is superseded from a day on, and ends")
    func lifeCycle() throws {
        var chamber = try GovernanceTests.Chamber()
        let insurer = TestNetwork.id("insurer")
        let steps: [(GovernanceAction, inForce: RuleVersion?, trial: RuleVersion?)] = [
            (
                .setRules([Self.version("one", trial: [])], retire: []), nil,
                Self.version("one", trial: [])
            ),
            (
                .setRules([Self.version("one", trial: [insurer])], retire: []), nil,
                Self.version("one", trial: [insurer])
            ),
            (.setRules([Self.version("one")], retire: []), Self.version("one"), nil),
            (
                .setRules([Self.version("two", trial: [])], retire: []), Self.version("one"),
                Self.version("two", trial: [])
            ),
            (
                .setRules([Self.version("two", from: Self.day)], retire: []),
                RuleVersion(
                    id: "AC-01", hash: TestNetwork.digest("two"), runners: Self.runners,
                    serviceFrom: Self.day,
                    earlier: [.init(hash: TestNetwork.digest("one"), serviceFrom: nil)]), nil
            ),
            (.setRules([], retire: ["AC-01"]), nil, nil),
        ]
        var expected: [Height: (RuleVersion?, RuleVersion?)] = [:]
        for (action, inForce, trial) in steps {
            try chamber.agree(on: action, by: Self.three)
            let charter = chamber.state.charter
            #expect(charter.rules.first { $0.id == "AC-01" } == inForce, "\(action)")
            #expect(charter.trials == (trial.map { [$0] } ?? []), "\(action)")
            expected[chamber.state.head.height.next] = (inForce, trial)
            let bytes = chamber.state.map.value(of: .ruleHistory("AC-01"))
            guard case .bytes(let history) = bytes else {
                Issue.record("no history of the rule")
                return
            }
            // The state tells of every height before, too.
            let points = try RuleHistory.decode(history)
            for (height, stood) in expected {
                #expect(points.standing(at: height)?.inForce == stood.0, "\(height)")
                #expect(points.standing(at: height)?.trial == stood.1, "\(height)")
            }
            #expect(points.standing(at: Height(1))?.inForce == nil)
        }
        let two = try #require(steps[4].inForce)
        #expect(two.hash(on: Self.day) == TestNetwork.digest("two"))
        #expect(
            two.hash(on: Day(number: Self.day.number - 1)) == TestNetwork.digest("one"))
        // What is there after a restart is what was there before.
        let timeline = CharterTimeline(chamber.network.genesis, chamber.state.governance)
        #expect(timeline.current == chamber.state.charter)
    }

    @Test("earlier versions go on judging earlier services whoever runs the rule, and come back")
    func earlierServices() throws {
        var chamber = try GovernanceTests.Chamber()
        let later = Day(number: Self.day.number + 10)
        let changes: [RuleVersion] = [
            Self.version("one"), Self.version("two", from: Self.day),
            RuleVersion(
                id: "AC-01", hash: TestNetwork.digest("two"),
                runners: [TestNetwork.id("insurer")], serviceFrom: Self.day),
            Self.version("one", from: later),
        ]
        for change in changes {
            try chamber.agree(on: .setRules([change], retire: []), by: Self.three)
        }
        let rule = try #require(chamber.state.charter.rules.first { $0.id == "AC-01" })
        for (day, label) in [
            (Self.day.number - 1, "one"), (Self.day.number, "two"), (later.number - 1, "two"),
            (later.number, "one"),
        ] {
            #expect(rule.hash(on: Day(number: day)) == TestNetwork.digest(label), "\(day)")
        }
        try chamber.agree(on: .setRules([Self.version("three")], retire: []), by: Self.three)
        let last = try #require(chamber.state.charter.rules.first { $0.id == "AC-01" })
        #expect(last.earlier.isEmpty && last.hash(on: Self.day) == TestNetwork.digest("three"))
    }

    @Test("who anchors what a rule on trial finds must run it, and only votes end a rule")
    func refusals() throws {
        var chamber = try GovernanceTests.Chamber()
        let city = TestNetwork.id("city-hospital")
        try chamber.agree(on: .setRules([Self.version("in force")], retire: []), by: Self.three)
        for action: GovernanceAction in [
            .setRules([Self.version("one", trial: [city])], retire: []),
            .setRules([], retire: ["AC-77"]),
            .setRules([Self.version("in force", trial: [])], retire: []),
            .setRules(
                [
                    RuleVersion(
                        id: "AC-01", hash: .zero, runners: Self.runners, serviceFrom: Self.day,
                        earlier: [.init(hash: .zero, serviceFrom: nil)])
                ], retire: []),
        ] {
            let proposal = GovernanceTests.proposal(action)
            try chamber.decide([try chamber.signer("insurer").propose(proposal)])
            guard case .unfit = chamber.outcomes.first ?? nil else {
                Issue.record("\(action) was taken: \(chamber.outcomes)")
                continue
            }
        }
    }

    @Test("what a version of a rule judges is in the header that names what is active")
    func active() throws {
        var chamber = try GovernanceTests.Chamber()
        var digests: Set<Digest> = []
        for (index, version) in [
            Self.version("one"), Self.version("two", trial: []),
            Self.version("two", trial: [TestNetwork.id("insurer")]),
            Self.version("two", from: Self.day),
        ].enumerated() {
            try chamber.agree(on: .setRules([version], retire: []), by: Self.three)
            digests.insert(try chamber.activeDigest())
            #expect(digests.count == index + 1)
        }
    }
}
