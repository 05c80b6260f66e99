import Cryptography
import Findings
import Ledger
import Primitives
import Proofs
import Records
import Testing

@Suite("Case verifier")
struct CaseVerifierTests {
    private typealias Network = FindingNetwork

    /// A ledger with a finding, and the steps of cases after it.
    private struct Life {
        let network: FindingNetwork
        private var chain: Chain
        private var numbers: [InstitutionID: UInt64] = [Network.regulator: 3, Network.hospital: 3]
        private(set) var steps: [(leaf: UInt64, statement: [UInt8])] = []

        init() throws {
            network = try FindingNetwork()
            chain = network.chain
        }

        static let id = OpaqueID(prefixOf: FindingNetwork.digest("a case"))

        var finding: Digest { FindingStatement.id(of: body) }

        private var body: [UInt8] {
            (try? FindingStatement.decode(network.bundle.statement))?.body ?? []
        }

        /// Anchors a step; `says` bends what is sealed.
        mutating func take(
            _ step: CaseBody.Step, after previous: UInt64?,
            by issuer: InstitutionID = Network.regulator,
            bundles: [[UInt8]] = [], findings: [Digest]? = nil, of id: OpaqueID = Life.id,
            saying other: CaseBody.Step? = nil
        ) throws {
            let statement = CaseStatement(
                blindedCase: id, step: other ?? step, words: "in words",
                findings: findings ?? [finding], bundles: bundles)
            let number = numbers[issuer, default: 1]
            numbers[issuer] = number + 1
            let ledger = network.genesis.ledger
            let entry = Entry(
                kind: step.kind, issuer: issuer, stream: StreamID(0), number: number,
                eventTime: Timestamp(milliseconds: 1_790_000_000_000),
                subjects: step.kind == .notice ? [.patient(Network.patient)] : [],
                commitment: try PayloadCommitment.commit(
                    to: statement.payload.encode(), salt: Network.salt, ledger: ledger),
                sealedPayload: Network.digest("sealed"),
                recipients: [Network.hospital, Network.regulator],
                body: .case(CaseBody(blindedCase: Life.id, step: step, previous: previous)))
            steps.append((chain.state.head.tree.size, statement.encode()))
            try chain.decide([entry])
        }

        var last: UInt64? { steps.last?.leaf }

        /// When a step was anchored, as a file shows it.
        func anchoring(_ index: Int) -> TimeBound? {
            let leaf = steps[index].leaf
            guard let place = chain.blocks.lastIndex(where: { $0.executed.firstLeaf <= leaf })
            else { return nil }
            let block = chain.blocks[place]
            return TimeBound(
                before: place > 0 ? chain.blocks[place - 1].executed.header : nil,
                from: ClaimedHead(header: block.executed.header, commitProof: block.proof))
        }

        /// What the ledger says of the case, as of its last block.
        func standing() throws -> StandingProof {
            try chain.standing(of: .case(Network.regulator, Life.id))
        }

        var map: StateMap { chain.state.map }

        /// The file of some of the steps; `sealed` are not opened, and those of `timed` show when
        /// each of these was anchored.
        func file(
            _ wanted: [Int]? = nil, sealed: Set<Int> = [], timed: [Int: Int] = [:]
        ) throws -> CaseFile {
            let wanted = wanted ?? Array(steps.indices)
            let end = wanted.last.map { steps[$0].statement }
            return CaseFile(
                isClosed: try end.map { try CaseStatement.decode($0).step } == 5,
                steps: try wanted.map { index in
                    CaseFile.Step(
                        proof: try chain.proof(ofLeaf: Int(steps[index].leaf)),
                        opened: sealed.contains(index)
                            ? nil
                            : CaseFile.Opened(
                                statement: steps[index].statement, salt: Network.salt),
                        anchored: timed[index].flatMap(anchoring))
                })
        }

        func verify(_ file: CaseFile) throws(FindingFailure) -> VerifiedCase {
            try FindingVerifier(genesis: network.genesis).verify(file, by: Network.evaluate)
        }

        func failure(_ file: CaseFile) -> FindingFailure? {
            do throws(FindingFailure) {
                _ = try verify(file)
                return nil
            } catch {
                return error
            }
        }
    }

    private static let notice = CaseBody.Step.noticed(
        CaseBody.Opening(findings: [2], rules: ["CE-01"], answerBy: Day(number: 21_000)))

    /// Opened, shared, noticed, closed.
    private func whole() throws -> Life {
        var life = try Life()
        let bundle = life.network.bundle.encode()
        try life.take(.opened, after: nil)
        try life.take(.shared(.legal), after: life.last, bundles: [bundle])
        try life.take(Self.notice, after: life.last, bundles: [bundle])
        try life.take(.closed, after: life.last)
        return life
    }

    @Test("a whole case is proved, and the rule of its finding gives the same bytes again")
    func verifies() throws {
        let life = try whole()
        let file = try life.file()
        #expect(try CaseFile.decode(file.encode()) == file)
        let found = try life.verify(try CaseFile.decode(file.encode()))
        #expect(found.proven.isClosed && found.proven.steps.count == 4)
        #expect(found.findings.keys.sorted() == [life.finding])
        #expect(found.proven.findings == [life.finding])
        // Whom it was not told knows the steps and that they are all; no more.
        let outside = try life.verify(try life.file(sealed: [0, 1, 2, 3]))
        #expect(outside.findings.isEmpty && outside.proven.findings.isEmpty)
        #expect(outside.proven.isClosed)
        // Who is given notice has the notice, and the proofs of the rest.
        let accused = try life.verify(try life.file(sealed: [0, 1, 3]))
        #expect(accused.findings.keys.sorted() == [life.finding])
        #expect(try life.verify(try life.file([0, 1])).proven.isClosed == false)
    }

    @Test("a step that is left out, put elsewhere or another's is refused at its step")
    func bentSteps() throws {
        var life = try whole()
        for wanted in [
            [1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 1], [1, 0], [0, 1, 2, 3, 3], [],
        ] {
            let failure = life.failure(try life.file(wanted))
            #expect(failure?.proof?.step == .caseSteps, "\(wanted)")
        }
        try life.take(.opened, after: nil, by: Network.hospital)
        #expect(life.failure(try life.file([0, 4]))?.proof?.step == .caseSteps)
        try life.take(.added, after: life.steps[3].leaf)
        #expect(
            life.failure(try life.file([0, 1, 2, 3, 5]))?.proof?.step == .caseSteps,
            "it comes after the end")
        let finding = CaseFile(
            isClosed: false, steps: [CaseFile.Step(proof: life.network.bundle.proof, opened: nil)])
        #expect(life.failure(finding)?.proof?.step == .caseSteps)
        let early = CaseFile(isClosed: true, steps: try life.file([0, 1]).steps)
        #expect(life.failure(early)?.proof?.step == .caseSteps, "it is not closed yet")
    }

    @Test("words that the entry does not commit to, or that speak of another step, are refused")
    func bentStatements() throws {
        let life = try whole()
        var bent = life.steps[0].statement
        bent[bent.count - 2] ^= 1
        let right = try life.file()
        for opened in [
            CaseFile.Opened(statement: bent, salt: Network.salt),
            CaseFile.Opened(
                statement: life.steps[0].statement, salt: [UInt8](repeating: 1, count: 32)),
        ] {
            let first = CaseFile.Step(proof: right.steps[0].proof, opened: opened)
            let failure = life.failure(
                CaseFile(isClosed: true, steps: [first] + right.steps.dropFirst()))
            #expect(failure?.proof?.step == .caseStatement)
        }
        let other = OpaqueID(prefixOf: Network.digest("another case"))
        for (id, step) in [(other, .opened), (Life.id, .added)]
            as [(OpaqueID, CaseBody.Step)]
        {
            var life = try Life()
            try life.take(.opened, after: nil, of: id, saying: step)
            #expect(life.failure(try life.file())?.proof?.step == .caseStatement)
        }
    }

    @Test("a notice opens the findings of its bundles, and no others")
    func bentNotices() throws {
        let life = try Life()
        let bundle = life.network.bundle.encode()
        let others: [(CaseBody.Step, [[UInt8]], [Digest]?)] = [
            (Self.notice, [], nil),
            (Self.notice, [bundle], []),
            (Self.notice, [bundle], [.zero, life.finding]),
            (.noticed(CaseBody.Opening(findings: [1], rules: ["CE-01"])), [bundle], nil),
            (.noticed(CaseBody.Opening(findings: [2], rules: ["CE-02"])), [bundle], nil),
            (.noticed(CaseBody.Opening(findings: [1, 2], rules: ["CE-01"])), [bundle], nil),
            (.shared(.legal), [], nil),
            (.added, [bundle], nil),
        ]
        for (step, bundles, findings) in others {
            var life = life
            try life.take(.opened, after: nil)
            try life.take(step, after: life.last, bundles: bundles, findings: findings)
            #expect(life.failure(try life.file())?.step == .bundles, "\(step)")
        }
        var foreign = life
        let bent = FindingBundle(
            proof: life.network.bundle.proof, statement: life.network.bundle.statement,
            salt: life.network.bundle.salt, rules: life.network.bundle.rules,
            knowledge: life.network.bundle.knowledge, evidence: [life.network.otherEvidence])
        try foreign.take(.opened, after: nil)
        try foreign.take(Self.notice, after: foreign.last, bundles: [bent.encode()])
        #expect(foreign.failure(try foreign.file())?.step == .evidence)
    }

    @Test("an appeal counts by when it was anchored, and is refused where it follows no notice")
    func appeals() throws {
        let appeal = CaseBody.Step.appealed(Network.regulator)
        for (day, isInTime) in [(21_000, true), (20_000, false)] as [(Int32, Bool)] {
            var life = try Life()
            try life.take(.opened, after: nil)
            try life.take(
                .noticed(
                    CaseBody.Opening(
                        findings: [2], rules: ["CE-01"], answerBy: Day(number: day))),
                after: life.last, bundles: [life.network.bundle.encode()])
            try life.take(appeal, after: life.last, by: Network.hospital)
            let times = [1: 1, 2: 2]
            let file = try life.file(timed: times)
            #expect(try CaseFile.decode(file.encode()) == file)
            let deadline = try #require(try life.verify(file).proven.deadlines.first)
            #expect(deadline.answerBy == Day(number: day))
            #expect(deadline.appeals.map(\.issuer) == [Network.hospital])
            #expect(deadline.appeals.map(\.isInTime) == [isInTime])
            #expect(deadline.noticed != nil && deadline.appeals[0].anchored != nil)
            #expect(deadline.runs(on: Day(number: day)) && !deadline.runs(on: Day(number: day + 1)))
            // Without the times, it is not said.
            let bare = try life.verify(try life.file())
            #expect(bare.proven.deadlines.first?.appeals.map(\.isInTime) == [nil])
            #expect(bare.proven.steps.count == 3 && !bare.proven.isClosed)
            // The block of another step is not the one that brought it.
            for wrong in [[1: 2, 2: 2], [1: 1, 2: 1], [1: 1, 2: 0]] {
                let failure = life.failure(try life.file(timed: wrong))
                #expect(failure?.proof?.step == .timeRange, "\(wrong)")
            }
            for wanted in [[0, 2], [0, 2, 1], [2], [2, 0, 1]] {
                let failure = life.failure(try life.file(wanted))
                #expect(failure?.proof?.step == .caseSteps, "\(wanted)")
            }
            // An appeal is no step that the next one of the case follows.
            try life.take(.closed, after: life.last)
            #expect(life.failure(try life.file())?.proof?.step == .caseSteps)
            try life.take(.closed, after: life.steps[1].leaf)
            #expect(try life.verify(try life.file([0, 1, 2, 4])).proven.isClosed)
        }
    }

    @Test("of two steps that name the same one before, only the one that counts is shown")
    func branches() throws {
        var life = try Life()
        let before = try life.standing()
        try life.take(.opened, after: nil)
        let opened = try life.standing()
        try life.take(.added, after: life.last)
        try life.take(.shared(.legal), after: life.steps[0].leaf)
        // By themselves both follow; what the ledger counts tells them apart.
        func file(_ wanted: [Int], _ standing: StandingProof?) throws -> CaseFile {
            CaseFile(
                isClosed: false, steps: try life.file(wanted, sealed: [0, 1, 2]).steps,
                standing: standing)
        }
        #expect(try life.verify(try file([0, 2], nil)).proven.standing == nil)
        let now = try life.standing()
        let right = try file([0, 1], now)
        #expect(try CaseFile.decode(right.encode()) == right)
        let proven = try life.verify(right).proven
        #expect(proven.standing?.header == now.head.header)
        #expect(try CaseState.decode(now.state.value).last == life.steps[1].leaf)
        // The branch, too few and too many steps, no case yet, another leaf, another block.
        let elsewhere = StandingProof(
            head: now.head, state: try #require(life.map.proof(of: .parameters)))
        for (wanted, standing) in [
            ([0, 2], now), ([0], now), ([0, 1], opened), ([0, 1], before),
            ([0, 1], elsewhere),
            ([0, 1], StandingProof(head: opened.head, state: now.state)),
        ] as [([Int], StandingProof)] {
            let failure = life.failure(try file(wanted, standing))
            #expect(failure?.proof?.step == .caseSteps, "\(wanted)")
        }
        #expect(try life.verify(try file([0], opened)).proven.steps.count == 1)
    }

    @Test("no flipped bit of a case is verified")
    func flips() throws {
        let life = try whole()
        let file = try life.file()
        let bytes = CaseFile(
            isClosed: file.isClosed, steps: file.steps, standing: try life.standing()
        ).encode()
        for index in stride(from: 0, to: bytes.count, by: 61) {
            var bent = bytes
            bent[index] ^= 1 << UInt8(index % 8)
            guard let file = try? CaseFile.decode(bent) else { continue }
            #expect(life.failure(file) != nil, "byte \(index)")
        }
    }
}
