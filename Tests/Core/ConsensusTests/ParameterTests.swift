import Consensus
import Primitives
import Testing

@Suite("Replica parameters")
struct ParameterTests {
    private let extreme = ReplicaParameters(
        proposeTimeout: .max, voteTimeout: 0, timeoutGrowth: .max, timeoutCap: .max,
        clockPrecision: .max, messageDelay: .max)

    @Test("timeouts grow linearly and stop at the cap")
    func timeoutsGrow() {
        let parameters = Fixture.parameters
        let propose = [0, 1, 2, 3, 4, 5, 1_000].map { round in
            parameters.timeoutMilliseconds(.propose, round: Round(round))
        }
        #expect(propose == [300, 350, 400, 450, 500, 500, 500])
        #expect(parameters.timeoutMilliseconds(.prevote, round: Round(2)) == 200)
        #expect(parameters.timeoutMilliseconds(.precommit, round: Round(2)) == 200)
    }

    @Test("no parameters and no clock make the arithmetic overflow")
    func extremesDoNotTrap() {
        #expect(extreme.timeoutMilliseconds(.propose, round: Round(.max)) == .max)
        #expect(extreme.timeoutMilliseconds(.prevote, round: .zero) == 1)
        let clocks = [Int64.min, -1, 0, 1, .max].map(Timestamp.init(milliseconds:))
        for time in clocks {
            for received in clocks {
                let parameters = Fixture.parameters
                let isTimely = parameters.isTimely(time, receivedAt: received, round: Round(.max))
                let isNear =
                    time.milliseconds.magnitude <= 1 && received.milliseconds.magnitude <= 1
                #expect(isTimely == (time == received || isNear))
                _ = extreme.isTimely(time, receivedAt: received, round: Round(.max))
            }
        }
    }

    @Test(
        "timely means: within precision ahead, within delay and precision behind",
        arguments: [
            (1_000, 1_000, 0, true), (1_050, 1_000, 0, true), (1_051, 1_000, 0, false),
            (1_000, 1_250, 0, true), (1_000, 1_251, 0, false), (1_000, 1_450, 1, true),
            (1_000, 1_451, 1, false), (1_051, 1_000, 9, false),
        ] as [(Int64, Int64, UInt32, Bool)])
    func timely(time: Int64, received: Int64, round: UInt32, isTimely: Bool) {
        let answer = Fixture.parameters.isTimely(
            Timestamp(milliseconds: time), receivedAt: Timestamp(milliseconds: received),
            round: Round(round))
        #expect(answer == isTimely)
    }
}
