import Cryptography
import Ledger
import Primitives
import Records
import Testing

@Suite("State and its model")
struct StateModelTests {
    @Test("the state of a genesis is that of the model")
    func genesis() throws {
        let network = try TestNetwork()
        let state = LedgerState(genesis: network.genesis)
        #expect(state.stateRoot == LedgerModel(network.genesis).map.root)
    }

    @Test("every root is the model's, over 1500 random sequences of blocks")
    func randomSequences() throws {
        let network = try TestNetwork()
        let founded = LedgerState(genesis: network.genesis)
        let model = LedgerModel(network.genesis)
        for seed in UInt64(0)..<1_500 {
            var states = ModelledState(network, founded, model, seed: seed)
            for _ in 0..<4 { try states.goOn(batchCountMax: 2, entryCountMax: 3) }
        }
    }

    @Test("one long sequence keeps to the model", arguments: [7, 8] as [UInt64])
    func longSequence(seed: UInt64) throws {
        let network = try TestNetwork()
        var states = ModelledState(
            network, LedgerState(genesis: network.genesis), LedgerModel(network.genesis),
            seed: seed)
        for _ in 0..<60 { try states.goOn(batchCountMax: 3, entryCountMax: 6) }
    }

    @Test("what was executed and not decided leaves no trace")
    func executionIsPure() throws {
        let network = try TestNetwork()
        var state = LedgerState(genesis: network.genesis)
        let batch = try network.verified([TestNetwork.access("insurer", 1)], in: state)
        let other = try network.verified([TestNetwork.access("regulator", 1)], in: state)
        let root = state.stateRoot
        let first = try TestNetwork.execute([batch], on: state)
        let second = try TestNetwork.execute([other], on: state)
        #expect(state.stateRoot == root)
        #expect(first.header.stateRoot != second.header.stateRoot)
        _ = state.apply(second)
        #expect(state.stateRoot == second.header.stateRoot)
        #expect(state.nextNumber(of: TestNetwork.id("insurer"), StreamID(0)) == 1)
        #expect(state.nextNumber(of: TestNetwork.id("regulator"), StreamID(0)) == 2)
    }

    @Test("without the index the state root is zero and numbers are still checked")
    func withoutIndex() throws {
        let network = try TestNetwork { $0.isIndexKept = false }
        var state = LedgerState(genesis: network.genesis)
        let batch = try network.verified([TestNetwork.access("insurer", 1)], in: state)
        let executed = try TestNetwork.execute([batch], on: state)
        #expect(executed.header.stateRoot == .zero)
        _ = state.apply(executed)
        #expect(state.map.head(of: .patient(TestNetwork.opaque("patient"))) == nil)
        let again = try network.verified(
            [TestNetwork.access("insurer", 1)], in: state, expiry: 99)
        #expect(throws: BatchRefusal.replayed(number: 1, next: 2)) { try state.check(again) }
    }
}
