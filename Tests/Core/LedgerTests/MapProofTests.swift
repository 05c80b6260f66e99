import Ledger
import Primitives
import Records
import Testing

@Suite("Proofs under the state root")
struct MapProofTests {
    private let network: TestNetwork
    private var state: LedgerState
    private var model: LedgerModel

    init() throws {
        network = try TestNetwork()
        state = LedgerState(genesis: network.genesis)
        model = LedgerModel(network.genesis)
        var random = RandomBlocks(network, seed: 21)
        for _ in 0..<10 {
            let entries = try random.block(batchCountMax: 3, entryCountMax: 5)
            let batches = try entries.map { try network.verified($0, in: state) }
            let executed = try TestNetwork.execute(batches, on: state)
            model.apply(entries, in: executed.header)
            _ = state.apply(executed)
        }
    }

    @Test("every key has a proof of its value")
    func membership() throws {
        for (slot, record) in model.map.slots.enumerated().dropFirst() {
            let proof = try #require(state.map.proof(of: record.key))
            #expect(proof.slot == UInt64(slot))
            #expect(proof.key == record.key.digest(in: network.ledger))
            #expect(proof.value == record.value, "\(record.key)")
            #expect(proof.root == state.stateRoot)
            #expect(state.map.absence(of: record.key) == nil)
        }
    }

    @Test("every other key has a proof that it is absent, and no key that is there has one")
    func absence() throws {
        let present = model.map.slots.map { $0.key.digest(in: network.ledger) }
        for index in 0..<200 {
            let key = StateKey.term(.patient(TestNetwork.opaque("stranger \(index)")))
            #expect(state.map.proof(of: key) == nil)
            let proof = try #require(state.map.absence(of: key))
            #expect(proof.root == state.stateRoot)
            #expect(proof.excludes(key.digest(in: network.ledger)))
            #expect(!present.contains(where: proof.excludes))
        }
    }

    @Test("a proof with any part changed leads to another root")
    func changed() throws {
        let proof = try #require(state.map.proof(of: .parameters))
        var path = proof.path
        path[0] = .zero
        let others = [
            MapProof(
                slotCount: proof.slotCount + 1, slot: proof.slot, key: proof.key,
                nextKey: proof.nextKey, value: proof.value, path: proof.path),
            MapProof(
                slotCount: proof.slotCount, slot: proof.slot ^ 1, key: proof.key,
                nextKey: proof.nextKey, value: proof.value, path: proof.path),
            MapProof(
                slotCount: proof.slotCount, slot: proof.slot, key: .zero,
                nextKey: proof.nextKey, value: proof.value, path: proof.path),
            MapProof(
                slotCount: proof.slotCount, slot: proof.slot, key: proof.key,
                nextKey: .zero, value: proof.value, path: proof.path),
            MapProof(
                slotCount: proof.slotCount, slot: proof.slot, key: proof.key,
                nextKey: proof.nextKey, value: proof.value + [0], path: proof.path),
            MapProof(
                slotCount: proof.slotCount, slot: proof.slot, key: proof.key,
                nextKey: proof.nextKey, value: proof.value, path: path),
            MapProof(
                slotCount: proof.slotCount, slot: proof.slot, key: proof.key,
                nextKey: proof.nextKey, value: proof.value, path: proof.path + [.zero]),
            MapProof(
                slotCount: proof.slotCount, slot: proof.slotCount, key: proof.key,
                nextKey: proof.nextKey, value: proof.value, path: proof.path),
            MapProof(
                slotCount: 0, slot: 0, key: proof.key, nextKey: proof.nextKey,
                value: proof.value, path: []),
        ]
        for other in others { #expect(other.root != state.stateRoot) }
    }

    @Test("every key comes back from its space and bytes")
    func keys() {
        for record in model.map.slots.dropFirst() {
            let key = StateKey(space: record.key.space, bytes: record.key.bytes)
            #expect(key == record.key)
        }
        #expect(StateKey(space: 2, bytes: Array("a".utf8) + [1, 0, 0]) == nil)
        #expect(StateKey(space: 16, bytes: [1]) == nil)
        #expect(StateKey(space: 99, bytes: []) == nil)
    }
}
