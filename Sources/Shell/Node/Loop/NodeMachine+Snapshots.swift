internal import Consensus
internal import Cryptography
internal import Hosting
internal import Ledger
internal import Logging
internal import Primitives
internal import Storage
internal import Transport

/// How a node offers the state to those who join, and begins with that of another.
extension NodeMachine {
    func serveSnapshot(to peer: InstitutionID) throws(StorageError) {
        guard let newest = snapshots.newest, let stored = try store.block(at: newest.height)
        else { return }
        let offer = SnapshotOffer(
            manifest: newest.manifest, proof: Unverified(stored.proof.commit))
        link.send(PeerMessage.snapshot(offer).encoded, to: peer, .bulk)
    }

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
