import Consensus
import Cryptography
import Ledger
import Primitives
import Records
import Testing

@Suite("Governance")
struct GovernanceTests {
    /// A ledger with what its members propose and vote.
    struct Chamber {
        let network: TestNetwork
        var state: LedgerState
        var outcomes: [GovernanceRefusal?] = []
        private var numbers: [String: UInt64] = [:]

        init(
            policy: GovernancePolicy = .standard, _ bend: (inout Parameters) -> Void = { _ in }
        ) throws {
            let plain = try TestNetwork(bend)
            let genesis = try Genesis(
                name: "chamber", start: TestNetwork.start,
                institutions: plain.genesis.institutions, parameters: plain.genesis.parameters,
                rules: plain.genesis.rules, policy: policy)
            network = TestNetwork(genesis)
            state = LedgerState(genesis: genesis)
        }

        func signer(_ name: String, keys: [String]? = nil) throws -> GovernanceSigner {
            GovernanceSigner(
                ledger: network.ledger, institution: TestNetwork.id(name),
                keys: try (keys ?? ["\(name) govern"]).map(TestNetwork.key))
        }

        /// Decides a block of these bodies, each brought by the regulator's stream.
        @discardableResult
        mutating func decide(_ bodies: [GovernanceBody]) throws -> [LedgerRow] {
            let first = numbers["regulator", default: 1]
            let entries = bodies.enumerated().map { index, body in
                Entry(
                    kind: .governance, issuer: TestNetwork.id("regulator"), stream: StreamID(0),
                    number: first + UInt64(index), eventTime: TestNetwork.start,
                    body: .governance(body))
            }
            numbers["regulator"] = first + UInt64(bodies.count)
            let expiry = state.head.height.blocks + state.parameters.batchHeightsMax
            let batches =
                bodies.isEmpty ? [] : [try network.verified(entries, in: state, expiry: expiry)]
            let executed = try TestNetwork.execute(batches, on: state)
            outcomes = executed.governanceOutcomes.map(\.refusal)
            return state.apply(executed)
        }

        /// What the next header names as active.
        func activeDigest() throws -> Digest {
            try TestNetwork.execute([], on: state).header.active
        }

        /// Proposes in one name and votes for it in others, all in one block.
        @discardableResult
        mutating func agree(
            on action: GovernanceAction, by names: [String], notBefore: Height = .genesis
        ) throws -> Digest {
            let proposal = GovernanceTests.proposal(action, notBefore: notBefore)
            var bodies = [try signer(names[0]).propose(proposal)]
            for name in names.dropFirst() {
                bodies.append(try signer(name).vote(on: proposal.id, isFor: true))
            }
            try decide(bodies)
            return proposal.id
        }
    }

    static func proposal(
        _ action: GovernanceAction, expiry: UInt64 = 800, notBefore: Height = .genesis,
        reason: String = "a test"
    ) -> GovernanceProposal {
        GovernanceProposal(
            action: action, expiry: Height(expiry), notBefore: notBefore, reason: reason)
    }

    private static let three = ["city-hospital", "county-hospital", "insurer"]

    private static func newcomer(power: UInt64 = 0) throws -> Institution {
        let member = try TestNetwork.institution("pharmacy")
        return Institution(
            id: member.id, name: member.name, kind: .pharmacy, tier: .county, power: power,
            submitKeys: member.submitKeys, consensusKey: member.consensusKey,
            governKeys: member.governKeys)
    }

    @Test("more than 2/3 of the power changes everything there is, from the next block on")
    func everyChange() throws {
        var chamber = try Chamber()
        let city = TestNetwork.id("city-hospital")
        let key = try TestNetwork.key("another").publicKey
        var parameters = Parameters.standard
        parameters.heartbeatMilliseconds = 77
        let rule = RuleVersion(
            id: "AC-01", hash: TestNetwork.digest("new rule"), runners: [city])
        let steps: [(GovernanceAction, (Charter) -> Bool)] = [
            (.add(try Self.newcomer()), { $0.institution(TestNetwork.id("pharmacy")) != nil }),
            (.setKey(city, .consensus(key)), { $0.institution(city)?.consensusKey == key }),
            (
                .setKey(city, .submit(StreamID(7), key)),
                {
                    $0.institution(city)?.submitKey(StreamID(7)) == key
                }
            ),
            (
                .setKey(city, .submit(StreamID(1), nil)),
                {
                    $0.institution(city)?.submitKey(StreamID(1)) == nil
                }
            ),
            (.setKey(city, .seal(nil)), { $0.institution(city)?.sealKey == nil }),
            (.setKey(city, .tls(.zero)), { $0.institution(city)?.tlsPin == .zero }),
            (.setPower(city, 2), { $0.institution(city)?.power == 2 }),
            (.setParameters(parameters), { $0.parameters.heartbeatMilliseconds == 77 }),
            (.setRules([rule], retire: ["PR-03"]), { $0.rules == [rule] }),
            (
                .remove(TestNetwork.id("pharmacy")),
                {
                    $0.institution(TestNetwork.id("pharmacy")) == nil
                }
            ),
            (
                .setPolicy(GovernancePolicy(signatureCount: 1, clauses: [])),
                {
                    $0.policy.signatureCount == 1
                }
            ),
        ]
        for (action, isInForce) in steps {
            #expect(!isInForce(chamber.state.charter), "\(action)")
            let before = chamber.state.head.height
            let id = try chamber.agree(on: action, by: Self.three)
            #expect(chamber.outcomes == [nil, nil, nil], "\(action)")
            #expect(isInForce(chamber.state.charter), "\(action)")
            let record = chamber.state.governance.proposal(id)
            #expect(record?.standing == .enacted(before.next.next), "\(action)")
            #expect(
                chamber.state.validators(at: before.next.next) == chamber.state.charter.validators)
        }
        #expect(chamber.state.nextNumber(of: city, StreamID(7)) == 1)
        // The sets of then are remembered: evidence of then is checked against them.
        let genesis = chamber.network.genesis.charter.validators
        #expect(chamber.state.validators(at: Height(1)) == genesis)
        #expect(chamber.state.charter.validators != genesis)
    }

    @Test("whoever has the genesis and what was enacted knows the charter of every height")
    func timeline() throws {
        var chamber = try Chamber()
        var charters = [Height(1): chamber.state.charter]
        let city = TestNetwork.id("city-hospital")
        let actions: [GovernanceAction] = [
            .add(try Self.newcomer()), .setPower(city, 2), .setKey(city, .tls(.zero)),
            .setRules([], retire: ["PR-03"]), .remove(TestNetwork.id("pharmacy")),
        ]
        for action in actions {
            _ = try chamber.agree(on: action, by: Self.three)
            charters[chamber.state.head.height.next] = chamber.state.charter
        }
        #expect(Set(charters.values).count == actions.count + 1)
        let timeline = CharterTimeline(chamber.network.genesis, chamber.state.governance)
        for (height, charter) in charters {
            #expect(timeline.charter(at: height) == charter, "\(height)")
        }
        #expect(timeline.current == chamber.state.charter)
    }

    @Test("a header names the next validators and what is active as the block leaves them")
    func headersFollow() throws {
        var chamber = try Chamber()
        let proposal = Self.proposal(.setPower(TestNetwork.id("insurer"), 3))
        let bodies = try Self.three.enumerated().map { index, name in
            index == 0
                ? try chamber.signer(name).propose(proposal)
                : try chamber.signer(name).vote(on: proposal.id, isFor: true)
        }
        let before = chamber.state.validatorsDigest
        try chamber.decide(Array(bodies.prefix(2)))
        #expect(chamber.state.validatorsDigest == before)
        #expect(chamber.state.governance.proposal(proposal.id)?.standing == .open)
        try chamber.decide(Array(bodies.suffix(1)))
        #expect(chamber.state.validatorsDigest != before)
        let key = StateKey.validators(chamber.state.head.height.next)
        #expect(
            chamber.state.map.value(of: key)
                == .bytes(chamber.state.charter.validators.encoded))
    }

    @Test("a change waits for the height that it names")
    func waits() throws {
        var chamber = try Chamber()
        let city = TestNetwork.id("city-hospital")
        let id = try chamber.agree(
            on: .setPower(city, 5), by: Self.three, notBefore: Height(4))
        #expect(chamber.state.governance.proposal(id)?.standing == .agreed(from: Height(4)))
        try chamber.decide([])
        #expect(chamber.state.institution(city)?.power == 1)
        try chamber.decide([])
        #expect(chamber.state.head.height == Height(3))
        #expect(chamber.state.institution(city)?.power == 5)
        #expect(chamber.state.validators(at: Height(3)).totalPower == 4)
        #expect(chamber.state.validators(at: Height(4)).totalPower == 8)
    }

    @Test("a policy asks for the regulator and two hospitals, and nobody else can replace them")
    func policies() throws {
        let clause = GovernancePolicy.Clause(
            change: .stop,
            requirements: [
                .init(count: 1, kind: .insurer), .init(count: 2, kind: .hospital),
            ])
        var chamber = try Chamber(
            policy: GovernancePolicy(signatureCount: 1, clauses: [clause]))
        // In this network the regulator is of the kind insurer, as the insurer is.
        let stop = Self.proposal(.stop)
        try chamber.decide([
            try chamber.signer("regulator").propose(stop),
            try chamber.signer("insurer").vote(on: stop.id, isFor: true),
            try chamber.signer("city-hospital").vote(on: stop.id, isFor: true),
        ])
        #expect(chamber.state.governance.standing.stoppedFrom == nil)
        try chamber.decide([try chamber.signer("county-hospital").vote(on: stop.id, isFor: true)])
        let stoppedFrom = chamber.state.governance.standing.stoppedFrom
        #expect(stoppedFrom == chamber.state.head.height.next)
        _ = try chamber.agree(on: .resume, by: Self.three)
        #expect(chamber.state.governance.standing.stoppedFrom == nil)
    }

    @Test("votes against close what cannot be agreed any more")
    func rejects() throws {
        var chamber = try Chamber()
        let proposal = Self.proposal(.remove(TestNetwork.id("county-hospital")))
        try chamber.decide([
            try chamber.signer("regulator").propose(proposal),
            try chamber.signer("insurer").vote(on: proposal.id, isFor: false),
            try chamber.signer("city-hospital").vote(on: proposal.id, isFor: false),
        ])
        #expect(
            chamber.state.governance.proposal(proposal.id)?.standing == .rejected(Height(1)))
        try chamber.decide([
            try chamber.signer("county-hospital").vote(on: proposal.id, isFor: true)
        ])
        #expect(chamber.outcomes == [.closed(proposal.id, .rejected(Height(1)))])
    }

    @Test("what has no effect is ordered, and says why")
    func refusals() throws {
        var chamber = try Chamber()
        let city = TestNetwork.id("city-hospital")
        let regulator = TestNetwork.id("regulator")
        let nobody = TestNetwork.id("nobody")
        let good = Self.proposal(.setPower(city, 2))
        let late = Self.proposal(.setPower(city, 3), expiry: 0)
        let signer = try chamber.signer("regulator")
        let forged = try chamber.signer("regulator", keys: ["mallory"])
        let elsewhere = GovernanceSigner(
            ledger: LedgerID(.zero), institution: regulator,
            keys: [try TestNetwork.key("regulator govern")])
        let stranger = try chamber.signer("nobody")
        let key = try TestNetwork.key("regulator govern").publicKey
        let big = Self.proposal(.setPower(city, 1 << 30))
        let rows: [(GovernanceBody, GovernanceRefusal?)] = [
            (signer.vote(on: good.id, isFor: true), .unknownProposal(good.id)),
            (signer.propose(good), nil),
            (signer.propose(good), .proposedAlready(good.id)),
            (signer.vote(on: good.id, isFor: false), .votedAlready(regulator)),
            (signer.propose(late), .expired(expiry: .genesis, height: Height(1))),
            (forged.propose(Self.proposal(.stop)), .notItsKey(regulator)),
            (
                elsewhere.propose(Self.proposal(.stop)),
                .signature(regulator, .signature(key: key.keyID))
            ),
            (stranger.propose(Self.proposal(.stop)), .unknownInstitution(nobody)),
            (signer.propose(big), .unfit("the powers add up to more than 2^30")),
            (
                signer.propose(Self.proposal(.add(try Self.newcomer(power: 1)))),
                .learnsFirst(TestNetwork.id("pharmacy"))
            ),
            (signer.propose(Self.proposal(.remove(nobody))), .unknownInstitution(nobody)),
            (
                signer.propose(Self.proposal(.resume)), .unfit("the ledger is not stopped")
            ),
            (
                signer.propose(Self.proposal(.setKey(city, .consensus(nil)))),
                .unfit("city-hospital has voting power and no consensus key")
            ),
            (
                signer.propose(Self.proposal(.remove(TestNetwork.id("insurer")))),
                .unfit("rule PR-03 is run by insurer, which is no institution here")
            ),
            (.attend(height: Height(9), block: .zero), .notAMilestone(Height(9))),
        ]
        try chamber.decide(rows.map(\.0))
        for (outcome, row) in zip(chamber.outcomes, rows) {
            #expect(outcome == row.1)
            if let outcome { #expect(!"\(outcome)".isEmpty) }
        }
        #expect(chamber.outcomes.count == rows.count)
        #expect(chamber.state.governance.proposals.map(\.id) == [good.id])
    }

    @Test("parameters on which no ledger could run are not proposed")
    func boundsOfParameters() throws {
        var chamber = try Chamber()
        var restless = Parameters.standard
        restless.heartbeatMilliseconds = 0
        let signer = try chamber.signer("regulator")
        try chamber.decide([signer.propose(Self.proposal(.setParameters(restless)))])
        let problem =
            "the heartbeat must be above 0, or empty blocks would follow each other at once"
        #expect(chamber.outcomes == [.unfit(problem)])
    }

    @Test("what the genesis says of the state map and of pseudonyms is not voted on")
    func fixedByTheGenesis() throws {
        typealias Row = (change: (inout Parameters) -> Void, refusal: String)
        let rows: [Row] = [
            ({ $0.isIndexKept = false }, "whether the index is kept is for the genesis to say"),
            ({ $0.epochDays = 30 }, "how many days an epoch has is for the genesis to say"),
            (
                { $0.listsRules.toggle() },
                "whether notices are listed by rules is for the genesis to say"
            ),
        ]
        for row in rows {
            var chamber = try Chamber()
            var parameters = chamber.state.parameters
            row.change(&parameters)
            let signer = try chamber.signer("regulator")
            try chamber.decide([signer.propose(Self.proposal(.setParameters(parameters)))])
            #expect(chamber.outcomes == [.unfit(row.refusal)])
            #expect(chamber.state.governance.proposals.isEmpty)
        }
    }

    @Test("two persons sign where the policy wants two and the institution has two keys")
    func twoPersons() throws {
        var chamber = try Chamber()
        let city = TestNetwork.id("city-hospital")
        let keys = try ["first", "second"].map { try TestNetwork.key($0).publicKey }
        _ = try chamber.agree(on: .setKey(city, .govern(keys)), by: Self.three)
        let stop = Self.proposal(.stop)
        try chamber.decide([
            try chamber.signer("city-hospital", keys: ["first"]).propose(stop),
            try chamber.signer("city-hospital", keys: ["first", "first"]).propose(stop),
            try chamber.signer("city-hospital", keys: ["second", "first"]).propose(stop),
        ])
        #expect(
            chamber.outcomes == [
                .tooFewSignatures(city, found: 1, needed: 2),
                .tooFewSignatures(city, found: 1, needed: 2), nil,
            ])
    }

    @Test("nobody gets power before its node has named a milestone, nor without a live quorum")
    func learnersAndQuorum() throws {
        var chamber = try Chamber()
        let pharmacy = TestNetwork.id("pharmacy")
        _ = try chamber.agree(on: .add(try Self.newcomer()), by: Self.three)
        let power = Self.proposal(.setPower(pharmacy, 1))
        try chamber.decide([try chamber.signer("insurer").propose(power)])
        #expect(chamber.outcomes == [.learnsFirst(pharmacy)])
        while chamber.state.governance.standing.milestones.isEmpty { try chamber.decide([]) }
        let milestone = try #require(chamber.state.governance.standing.milestones.last)
        let attendance = Entry(
            kind: .governance, issuer: pharmacy, stream: StreamID(0), number: 1,
            eventTime: TestNetwork.start,
            body: .governance(.attend(height: milestone.height, block: milestone.block)))
        let batch = try chamber.network.verified([attendance], in: chamber.state)
        let executed = try TestNetwork.execute([batch], on: chamber.state)
        #expect(executed.governanceOutcomes.map(\.refusal) == [nil])
        _ = chamber.state.apply(executed)
        _ = try chamber.agree(on: .setPower(pharmacy, 1), by: Self.three)
        #expect(chamber.state.institution(pharmacy)?.power == 1)
        // These blocks carry no signatures: after 100 heights nobody is seen to be live.
        while chamber.state.head.height < Height(130) { try chamber.decide([]) }
        try chamber.decide([
            try chamber.signer("insurer").propose(Self.proposal(.setPower(pharmacy, 2)))
        ])
        #expect(chamber.outcomes == [.noLiveQuorum(live: 0, total: 6)])
    }

    @Test("how long batches are remembered after a restart is what governance says")
    func restoresTheWindowOfBatches() throws {
        var chamber = try Chamber()
        var restoration = LedgerRestoration(genesis: chamber.network.genesis)
        func take(_ rows: [LedgerRow]) throws {
            for row in rows {
                try restoration.add(row.kind, at: chamber.state.head.height, row.bytes)
            }
        }
        var parameters = chamber.network.genesis.parameters
        parameters.batchHeightsMax = 3
        let proposal = Self.proposal(.setParameters(parameters))
        for (index, name) in Self.three.enumerated() {
            let signer = try chamber.signer(name)
            try take(
                try chamber.decide([
                    index == 0
                        ? signer.propose(proposal) : signer.vote(on: proposal.id, isFor: true)
                ]))
        }
        var digests: [Digest] = []
        var last: BlockHeader?
        for number in 0..<6 {
            let batch = try chamber.network.verified(
                [TestNetwork.access("city-hospital", UInt64(number + 1))], in: chamber.state,
                expiry: chamber.state.head.height.blocks + 2)
            let executed = try TestNetwork.execute([batch], on: chamber.state)
            try take(chamber.state.apply(executed))
            digests.append(batch.digest)
            last = executed.header
        }
        #expect(chamber.state.parameters.batchHeightsMax == 3)
        let restored = try restoration.finish(header: try #require(last))
        for digest in digests {
            #expect(restored.committed(batch: digest) == chamber.state.committed(batch: digest))
        }
        #expect(restored.committed(batch: digests[0]) == nil)
        #expect(restored.committed(batch: digests[5]) != nil)
    }

    @Test("a restart from the rows has the same governance")
    func restores() throws {
        var chamber = try Chamber()
        var restoration = LedgerRestoration(genesis: chamber.network.genesis)
        let city = TestNetwork.id("city-hospital")
        let actions: [GovernanceAction] = [
            .add(try Self.newcomer()), .setPower(city, 4), .stop,
            .remove(TestNetwork.id("pharmacy")),
        ]
        var rows: [(Height, [LedgerRow])] = []
        for action in actions {
            let proposal = Self.proposal(action, reason: "\(action)")
            let names = Self.three
            for (index, name) in names.enumerated() {
                let signer = try chamber.signer(name)
                let body =
                    index == 0
                    ? signer.propose(proposal) : signer.vote(on: proposal.id, isFor: true)
                rows.append((chamber.state.head.height.next, try chamber.decide([body])))
            }
        }
        for (height, block) in rows {
            for row in block { try restoration.add(row.kind, at: height, row.bytes) }
        }
        // The header of the last block is what the rows are checked against.
        let executed = try TestNetwork.execute([], on: chamber.state)
        for row in chamber.state.apply(executed) {
            try restoration.add(row.kind, at: executed.header.height, row.bytes)
        }
        let restored = try restoration.finish(header: executed.header)
        #expect(restored.charter == chamber.state.charter)
        #expect(restored.governance.proposals == chamber.state.governance.proposals)
        #expect(restored.governance.standing == chamber.state.governance.standing)
        #expect(restored.stateRoot == chamber.state.stateRoot)
        for height in 1...restored.head.height.blocks {
            #expect(
                restored.validators(at: Height(height))
                    == chamber.state.validators(at: Height(height)))
        }
    }

    @Test("proposals come back from their bytes as they were, and others are refused")
    func codec() throws {
        let key = try TestNetwork.key("key").publicKey
        let id = TestNetwork.id("insurer")
        let clause = GovernancePolicy.Clause(
            change: .remove,
            requirements: [.init(count: 2, kind: .hospital), .init(count: 3, kind: nil)])
        let rule = RuleVersion(id: "R", hash: .zero, runners: [id])
        let actions: [GovernanceAction] = [
            .add(try Self.newcomer()), .remove(id), .setPower(id, 9),
            .setKey(id, .submit(StreamID(1), key)), .setKey(id, .submit(StreamID(1), nil)),
            .setKey(id, .consensus(key)), .setKey(id, .consensus(nil)),
            .setKey(id, .govern([key, key])), .setKey(id, .seal(nil)),
            .setKey(id, .witness(key.bytes.suffix(32))), .setKey(id, .tls(.zero)),
            .setParameters(.standard), .setRules([rule], retire: ["X"]), .stop, .resume,
            .setPolicy(GovernancePolicy(signatureCount: 3, clauses: [clause])),
        ]
        for action in actions {
            let proposal = Self.proposal(action, notBefore: Height(12))
            let bytes = proposal.encode()
            #expect(try GovernanceProposal.decode(bytes) == proposal, "\(action)")
            #expect(throws: LedgerError.self) { try GovernanceProposal.decode(bytes + [0]) }
            #expect(throws: LedgerError.self) {
                try GovernanceProposal.decode(Array(bytes.dropLast()))
            }
        }
    }
}
