import Consensus
import Cryptography
import Ledger
import Primitives
import Records
import Testing

@Suite("Two entries under one number")
struct DoubleEntryTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let expiry: UInt64
        /// How long batches may live: by the genesis, then by each change.
        let lives: [UInt64]
        let convicts: Bool

        var testDescription: String {
            "expiries 900 and \(expiry), lives \(lives): \(convicts ? "convict" : "do not")"
        }
    }

    static let rows = [
        Row(expiry: 900, lives: [50], convicts: true),
        Row(expiry: 901, lives: [50], convicts: true),
        Row(expiry: 949, lives: [50], convicts: true),
        Row(expiry: 851, lives: [50], convicts: true),
        // A lost disk: numbers come again when a batch's whole life has passed.
        Row(expiry: 950, lives: [50], convicts: false),
        Row(expiry: 850, lives: [50], convicts: false),
        // What was honest under a shorter life stays so.
        Row(expiry: 950, lives: [50, 200], convicts: false),
        Row(expiry: 949, lives: [50, 200], convicts: true),
        Row(expiry: 950, lives: [200, 50], convicts: false),
        Row(expiry: 949, lives: [200, 50], convicts: true),
        Row(expiry: 950, lives: [200, 50, 200], convicts: false),
    ]

    @Test("convict where both batches could have been taken at one time", arguments: rows)
    func convicts(row: Row) throws {
        var chamber = try GovernanceTests.Chamber { $0.batchHeightsMax = row.lives[0] }
        for life in row.lives.dropFirst() {
            var parameters = chamber.state.parameters
            parameters.batchHeightsMax = life
            try chamber.agree(
                on: .setParameters(parameters), by: ["city-hospital", "county-hospital", "insurer"])
            #expect(chamber.state.parameters.batchHeightsMax == life)
        }
        func batch(_ name: String, expiry: UInt64) throws -> VerifiedBatch {
            try chamber.network.verified(
                [TestNetwork.access("insurer", 1, patient: name)], in: chamber.state,
                expiry: expiry)
        }
        let (first, second) = (
            try batch("a", expiry: 900), try batch("b", expiry: row.expiry)
        )
        for (one, other) in [(first, second), (second, first)] {
            let body = chamber.state.doubleEntry(one, other)
            #expect((body != nil) == row.convicts)
            if let body { #expect(throws: Never.self) { try chamber.state.check(body) } }
        }
        #expect(chamber.state.doubleEntry(first, first) == nil)
    }

    @Test("evidence of batches that lie apart is refused, with both expiries")
    func refusesWhatLiesApart() throws {
        // What a ledger whose batches live longer takes for an offence.
        let longer = LedgerState(genesis: try TestNetwork().genesis)
        let network = try TestNetwork { $0.batchHeightsMax = 50 }
        let state = LedgerState(genesis: network.genesis)
        func batch(_ name: String, expiry: UInt64) throws -> VerifiedBatch {
            try network.verified(
                [TestNetwork.access("insurer", 1, patient: name)], in: state, expiry: expiry)
        }
        let body = try #require(
            longer.doubleEntry(try batch("a", expiry: 900), try batch("b", expiry: 950)))
        #expect(throws: EvidenceRefusal.apart(expiries: Height(900)...Height(950), heights: 50)) {
            try state.check(body)
        }
    }
}
