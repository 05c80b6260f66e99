@testable import Consensus
import Primitives
import TestSupport
import Testing

@Suite("Last-signed state and log records as bytes")
struct LogTests {
    static let records: [LogRecord] = [
        .workArrived(Height(3)),
        .proposed(
            Fixture.proposal(1, 2, "X", by: "a", validRound: 0),
            blockTime: Timestamp(milliseconds: -5), isTimely: true),
        .voted(Fixture.vote(.prevote, 1, 0, nil, by: "a")),
        .timedOut(Timer(height: Height(1), round: Round(3), step: .precommit)),
        .valueChecked(height: Height(9), block: Fixture.block("X").id, isValid: false),
    ]

    static let states: [SignedState] = {
        let polka = SignedState.Polka(round: Round(3), block: Fixture.block("X").id)
        let vote = Fixture.vote(.precommit, 5, 4, Fixture.block("X").id, by: "a")
        return [
            SignedState(signed: .vote(vote), locked: polka, valid: polka),
            SignedState(signed: .vote(vote), locked: nil, valid: polka),
            SignedState(
                signed: .proposal(
                    height: Height(2), round: .zero, validRound: nil,
                    block: Fixture.block("Y").id, signature: vote.signature),
                locked: nil, valid: nil),
        ]
    }()

    @Test("records are read as they were written", arguments: records)
    func recordsRoundTrip(record: LogRecord) throws {
        #expect(try LogRecord.decode(record.encoded[...]) == record)
    }

    @Test("states are read as they were written, and fit a slot of 512 bytes", arguments: states)
    func statesRoundTrip(state: SignedState) throws {
        #expect(try SignedState.decode(state.encoded[...]) == state)
        #expect(state.encoded.count <= 512)
    }

    @Test("damage is an error, never a trap")
    func damageIsNoticed() {
        for bytes in Self.records.map(\.encoded) + Self.states.map(\.encoded) {
            for count in 0..<bytes.count {
                #expect(throws: CBORError.self) { try LogRecord.decode(bytes.prefix(count)) }
                #expect(throws: CBORError.self) { try SignedState.decode(bytes.prefix(count)) }
            }
            var generator = SplitMix(seed: 5)
            for _ in 0..<300 {
                var bent = bytes
                bent[Int.random(in: 0..<bent.count, using: &generator)] ^= UInt8.random(
                    in: 1...255, using: &generator)
                if let record = try? LogRecord.decode(bent[...]) {
                    #expect(record.encoded == bent)
                }
                if let state = try? SignedState.decode(bent[...]) {
                    #expect(state.encoded == bent)
                }
            }
        }
    }
}
