internal import Consensus
internal import Cryptography
internal import Hosting
internal import Ledger
internal import Logging
internal import Primitives
internal import Storage
internal import Transport

/// How a node begins with the state of another.
extension NodeMachine {
    /// Puts the state of a snapshot together, once all its chunks are here.
    func restoreSnapshot() throws(NodeError) {
        guard let snapshot = complete else { return }
        complete = nil
        try step(snapshots.restore(snapshot.manifest, genesis: setup.genesis))
    }

    /// The ledger begins with a snapshot: on the disk first, then for all who wait for a head.
    func adopt(_ adopted: AdoptedSnapshot) throws(StorageError) {
        try store.found(adopted)
        try snapshots.endJoining()
        let height = adopted.height
        try index.pass(height)
        written = height
        writtenTime = adopted.snapshot.manifest.block.header.time
        try log.forget(through: height)
        outboxes.noteCommitted(
            height: height, nextNumbers: outboxes.nextNumbers(in: host.state))
        handOnCharter()
        headMoved(height)
    }
}
