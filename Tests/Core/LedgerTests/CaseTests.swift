import Cryptography
import Ledger
import Primitives
import Records
import Testing

@Suite("Cases on the ledger")
struct CaseTests {
    private static let id = TestNetwork.opaque("a case")
    private static let opening = CaseBody.Opening(findings: [1], rules: ["PR-03"])

    /// A ledger with the entries of one issuer after another, each a block of its own.
    private struct Life {
        let network: TestNetwork
        var state: LedgerState
        private var numbers: [String: UInt64] = [:]

        init(appealDays: UInt64 = 0) throws {
            network = try TestNetwork { $0.appealDays = appealDays }
            state = LedgerState(genesis: network.genesis)
        }

        /// Anchors a step; returns its leaf.
        mutating func take(
            _ step: CaseBody.Step, after previous: UInt64?, by issuer: String = "insurer",
            id: OpaqueID = CaseTests.id
        ) throws -> UInt64 {
            let number = numbers[issuer, default: 1]
            numbers[issuer] = number + 1
            var entry = TestNetwork.record(issuer, number, kind: step.kind, subjects: [])
            if case .noticed = step {
                entry.subjects = [.practitioner(TestNetwork.opaque("the accused"))]
            }
            entry.body = .case(CaseBody(blindedCase: id, step: step, previous: previous))
            let leaf = state.head.tree.size
            let batch = try network.verified([entry], in: state)
            _ = state.apply(try TestNetwork.execute([batch], on: state))
            return leaf
        }

        func known(by issuer: String = "insurer", id: OpaqueID = CaseTests.id) -> CaseState? {
            guard
                let proof = state.map.proof(of: .case(TestNetwork.id(issuer), id)),
                let known = try? CaseState.decode(proof.value)
            else { return nil }
            return known
        }

        func refusal(
            _ step: CaseBody.Step, after previous: UInt64?, by issuer: String = "insurer"
        ) -> CaseRefusal? {
            do throws(CaseRefusal) {
                try state.check(
                    CaseBody(blindedCase: CaseTests.id, step: step, previous: previous),
                    by: TestNetwork.id(issuer))
                return nil
            } catch {
                return error
            }
        }
    }

    @Test("a case goes from its opening to its end, each step after the one before")
    func order() throws {
        var life = try Life()
        var last = try life.take(.opened, after: nil)
        #expect(life.known() == CaseState(opening: 0, last: 0, isClosed: false))
        for step in [.added, .shared(.legal), .noticed(Self.opening), .added]
            as [CaseBody.Step]
        {
            #expect(life.refusal(step, after: last) == nil)
            last = try life.take(step, after: last)
            #expect(life.known() == CaseState(opening: 0, last: last, isClosed: false))
        }
        last = try life.take(.closed, after: last)
        #expect(life.known() == CaseState(opening: 0, last: last, isClosed: true))
        let again = try life.take(.opened, after: last)
        #expect(life.known() == CaseState(opening: again, last: again, isClosed: false))
    }

    @Test("what does not follow is ordered, changes nothing, and is refused beforehand")
    func disorder() throws {
        typealias Row = (step: CaseBody.Step, previous: UInt64?, by: String, CaseRefusal)
        let insurer = TestNetwork.id("insurer")
        func check(_ life: inout Life, _ rows: [Row]) throws {
            for (step, previous, issuer, refusal) in rows {
                let before = life.known()
                #expect(life.refusal(step, after: previous, by: issuer) == refusal)
                _ = try life.take(step, after: previous, by: issuer)
                #expect(life.known() == before, "\(step) by \(issuer)")
            }
        }
        var life = try Life()
        try check(
            &life,
            [
                (.added, 0, "insurer", .notOpen(Self.id, insurer)),
                (.closed, 7, "insurer", .notOpen(Self.id, insurer)),
                (.opened, 7, "insurer", .previous(found: 7, right: nil)),
                (.opened, nil, "city-hospital", .issuer(.hospital)),
            ])
        #expect(life.known(by: "city-hospital") == nil)
        let first = try life.take(.opened, after: nil)
        try check(
            &life,
            [
                (.opened, first, "insurer", .openAlready(Self.id, leaf: first)),
                (.added, first - 1, "insurer", .previous(found: first - 1, right: first)),
                (.closed, first + 9, "insurer", .previous(found: first + 9, right: first)),
            ])
        // Another institution's steps are of another case, which it has not opened.
        #expect(
            life.refusal(.closed, after: first, by: "regulator")
                == .notOpen(Self.id, TestNetwork.id("regulator")))
        _ = try life.take(.closed, after: first, by: "regulator")
        #expect(life.known()?.isClosed == false)
        #expect(life.known(by: "regulator") == nil)
        let end = try life.take(.closed, after: first)
        try check(
            &life,
            [
                (.added, end, "insurer", .closed(Self.id, leaf: end)),
                (.noticed(Self.opening), end, "insurer", .closed(Self.id, leaf: end)),
                (.opened, nil, "insurer", .previous(found: nil, right: end)),
            ])
    }

    @Test("of two steps that were written at once one counts")
    func race() throws {
        var life = try Life()
        let first = try life.take(.opened, after: nil)
        let second = try life.take(.added, after: first)
        _ = try life.take(.shared(.legal), after: first)
        #expect(life.known()?.last == second)
    }

    @Test("a ledger without a term takes no appeals: older nodes could not read them")
    func noAppeals() throws {
        var life = try Life()
        let first = try life.take(.opened, after: nil)
        let appeal = CaseBody.Step.appealed(TestNetwork.id("insurer"))
        #expect(life.refusal(appeal, after: first, by: "city-hospital") == .noAppeals)
        #expect(throws: BlockRefusal.batch(index: 0, .entry(index: 0, .step(.noAppeals)))) {
            _ = try life.take(appeal, after: first, by: "city-hospital")
        }
        // Nor does it ask of a notice that it sets one.
        #expect(life.refusal(.noticed(Self.opening), after: first) == nil)
    }

    @Test("where a term is set, a notice gives it, and an appeal stands beside the case's steps")
    func appeals() throws {
        var life = try Life(appealDays: 30)
        let first = try life.take(.opened, after: nil)
        let parameters = life.network.genesis.parameters
        let earliest = try #require(
            parameters.earliestAnswer(noticedAt: life.state.head.time))
        #expect(earliest.number == life.state.head.time.day.number + 30)
        func notice(_ day: Day?) -> CaseBody.Step {
            .noticed(CaseBody.Opening(findings: [1], rules: ["PR-03"], answerBy: day))
        }
        for day in [nil, Day(number: earliest.number - 1)] {
            #expect(
                life.refusal(notice(day), after: first)
                    == .term(found: day, earliest: earliest))
            _ = try life.take(notice(day), after: first)
            #expect(life.known()?.last == first)
        }
        let second = try life.take(notice(earliest), after: first)
        #expect(life.known()?.last == second)
        let appeal = CaseBody.Step.appealed(TestNetwork.id("insurer"))
        #expect(life.refusal(appeal, after: second, by: "city-hospital") == nil)
        _ = try life.take(appeal, after: second, by: "city-hospital")
        #expect(life.known()?.last == second)
        #expect(life.known(by: "city-hospital") == nil)
        #expect(life.refusal(.closed, after: second) == nil)
        let nobody = CaseBody.Step.appealed(TestNetwork.id("regulator"))
        #expect(
            life.refusal(nobody, after: second, by: "city-hospital")
                == .notOpen(Self.id, TestNetwork.id("regulator")))
    }

    @Test("parameters that are 0 are absent from the bytes, and come back")
    func parameters() throws {
        var encodings: Set<[UInt8]> = []
        for (epoch, appeal) in [(0, 0), (90, 0), (0, 30), (90, 30)] as [(UInt64, UInt64)] {
            var parameters = Parameters.standard
            parameters.epochDays = epoch
            parameters.appealDays = appeal
            let bytes = parameters.encode()
            var reader = CBORReader(bytes)
            #expect(try Parameters(from: &reader) == parameters)
            encodings.insert(bytes)
        }
        #expect(encodings.count == 4)
        var reader = CBORReader([0xa8])
        #expect(throws: CBORError.self) { try Parameters(from: &reader) }
    }

    @Test("nobody is listed before the notice, and who is noticed is then")
    func terms() {
        for step in [.opened, .added, .shared(.legal), .closed] as [CaseBody.Step] {
            var entry = TestNetwork.record("insurer", 1, kind: step.kind, subjects: [])
            entry.body = .case(CaseBody(blindedCase: Self.id, step: step, previous: 1))
            for term in entry.terms {
                switch term {
                case .institution, .stream, .kind, .institutionDay: break
                default: Issue.record("\(step) is listed under \(term)")
                }
            }
        }
        let accused = TestNetwork.opaque("the accused")
        let notice = TestNetwork.record(
            "insurer", 1, kind: .notice, subjects: [.practitioner(accused)])
        #expect(notice.terms.contains(.practitioner(accused)))
    }

    @Test("the key of a case comes back from its bytes")
    func key() {
        let key = StateKey.case(TestNetwork.id("insurer"), Self.id)
        #expect(StateKey(space: key.space, bytes: key.bytes) == key)
        #expect(StateKey(space: 33, bytes: Array(key.bytes.dropLast())) == nil)
    }
}
