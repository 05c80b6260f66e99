import Cryptography
import Ledger
import Testing

/// A state and its slow model, which take the same random blocks.
struct ModelledState {
    private(set) var state: LedgerState
    private var model: LedgerModel
    private var random: RandomBlocks
    private let network: TestNetwork
    private let seed: UInt64

    init(_ network: TestNetwork, _ state: LedgerState, _ model: LedgerModel, seed: UInt64) {
        self.network = network
        self.state = state
        self.model = model
        self.seed = seed
        random = RandomBlocks(network, seed: seed)
    }

    /// Has both take a block; the roots of both are the same, before it is applied and after.
    mutating func goOn(batchCountMax: Int, entryCountMax: Int) throws {
        let entries = try random.block(batchCountMax: batchCountMax, entryCountMax: entryCountMax)
        let batches = try entries.map { try network.verified($0, in: state) }
        let executed = try TestNetwork.execute(batches, on: state)
        model.apply(entries, in: executed.header)
        try #require(executed.header.stateRoot == model.map.root, "seed \(seed)")
        try #require(
            executed.header.treeRoot == MerkleTree.root(of: model.leaves), "seed \(seed)")
        _ = state.apply(executed)
        try #require(state.stateRoot == model.map.root, "seed \(seed)")
    }
}
