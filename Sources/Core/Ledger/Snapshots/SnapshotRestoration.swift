internal import Consensus
internal import Cryptography
internal import Primitives

/// Puts the state of a snapshot together from its chunks, and believes it only as a whole.
///
/// Hand the chunks in, in the manifest's order. That a quorum signed the manifest's block, and that
/// each chunk has its name, is for the caller to see to.
public struct SnapshotRestoration {
    private let genesis: Genesis
    private let manifest: SnapshotManifest
    private var records: [StateMap.Record] = []

    public init(genesis: Genesis, manifest: SnapshotManifest) {
        self.genesis = genesis
        self.manifest = manifest
    }

    /// Takes the next chunk.
    ///
    /// - Throws: ``LedgerError`` where it is none, or does not follow the one before.
    public mutating func add(_ chunk: [UInt8]) throws(LedgerError) {
        let (first, items) = try SnapshotChunk.decode(chunk)
        // Slot 0 is the sentinel's, which no chunk has.
        guard first == UInt64(records.count) + 1,
            first + UInt64(items.count) <= manifest.slotCount
        else { throw .restore("a chunk begins at slot \(first), after \(records.count) records") }
        for (key, bytes) in items {
            guard let value = StateValue(bytes, under: key) else {
                throw .restore("\(key) has a value that is none: \(bytes.hex)")
            }
            records.append(StateMap.Record(key: key, value: value))
        }
    }

    /// The state after the manifest's block.
    ///
    /// - Throws: ``LedgerError/restore(_:)`` unless it is what the block's header commits to.
    public consuming func finish() throws(LedgerError) -> LedgerState {
        let header = manifest.block.header
        guard header.ledger == genesis.ledger else {
            throw .restore("the snapshot is of ledger \(header.ledger), not \(genesis.ledger)")
        }
        guard UInt64(records.count) + 1 == manifest.slotCount else {
            throw .restore("\(records.count) records came, of \(manifest.slotCount - 1)")
        }
        let registry = try RegistryParts.registry(from: records, since: genesis)
        guard registry.governance.charter.parameters.isIndexKept else {
            throw .restore("the ledger keeps no state map, by which a snapshot could be checked")
        }
        let map = StateMap(ledger: genesis.ledger, records: records, isHashed: true)
        guard map.root == header.stateRoot else {
            throw .restore(
                "the snapshot has state root \(map.root); block \(header.height) commits to "
                    + "\(header.stateRoot)")
        }
        let head = LedgerState.Head(
            height: header.height, time: header.time, hash: manifest.block.hash,
            tree: manifest.tree)
        var cursor = SnapshotCursor()
        cursor.turnStart = header.height.next
        cursor.lastTurnStart = header.height
        let state = LedgerState(
            ledger: genesis.ledger, head: head, map: map, registry: registry,
            recent: RecentBatches(), snapshot: cursor)
        guard state.validators(at: header.height) == manifest.validators else {
            throw .restore("the snapshot names other validators than its state does")
        }
        return state
    }
}
