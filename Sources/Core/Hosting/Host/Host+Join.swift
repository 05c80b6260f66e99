internal import Consensus
internal import Ledger
internal import Primitives

/// How a node without a ledger begins with a snapshot of the state, and not with the first block.
///
/// While it is fetched no blocks are; the replica stands at height 1 and hears nothing that is of
/// its height, unless the network itself is that young.
extension Host {
    mutating func join(_ input: StateSyncInput) {
        guard let effects = joining?.step(input) else { return }
        carryOut(effects)
    }

    /// Takes the best snapshot on offer; where blocks were tried for in vain, snapshots again.
    mutating func joinAgain() {
        guard joining == nil else { return join(.waited) }
        guard joins, state.head.height == .genesis else { return }
        let again = StateSync(
            ledger: state.ledger, trusted: joinTrust ?? validators, signing: signing,
            check: authenticator)
        joining = again
        carryOut(again.start())
    }

    mutating func carryOut(_ syncEffects: [StateSyncEffect]) {
        for effect in syncEffects {
            switch effect {
            case .wait(let milliseconds):
                sendToAll(.snapshotWanted)
                effects.append(.startTimer(.join, milliseconds: milliseconds))
            case .request(let peer, let name, let attempt):
                effects.append(.send(.chunkWanted(name), to: peer))
                effects.append(
                    .startTimer(
                        .chunk(name, attempt: attempt), milliseconds: Host.syncMilliseconds))
            case .keep(let name, let bytes): effects.append(.keepChunk(name, bytes))
            case .forget(let names): effects.append(.forgetChunks(names))
            case .restore(let snapshot):
                restoring = snapshot
                effects.append(.restoreSnapshot(snapshot))
            case .drop(let peer, let fault):
                effects.append(.drop(peer, reason: "\(fault)"))
            case .fallBack(let reason):
                effects.append(
                    .report("no snapshot: \(reason); all blocks are fetched from the first on"))
                effects.append(
                    .startTimer(.join, milliseconds: Host.joinAgainMilliseconds))
                endJoining()
            }
        }
    }

    /// Goes on from the state of a snapshot as if its blocks had been applied.
    mutating func adopt(_ restored: LedgerState) {
        guard joining != nil, let snapshot = restoring,
            restored.head.hash == snapshot.manifest.block.hash
        else { return }
        effects.append(
            .adopt(
                AdoptedSnapshot(
                    snapshot: snapshot,
                    rows: restored.foundingRows(after: snapshot.manifest.block))))
        effects.append(
            .report(
                "the ledger begins here with the state after block \(restored.head.height)"))
        state = restored
        state.signatureCheck = authenticator
        let height = state.head.height
        previousValidators = state.validators(at: height)
        validators = state.validators(at: height.next)
        mempool = Mempool(height: height, limits: mempool.limits)
        bodies = [:]
        departing = DepartingBodies()
        executed = [:]
        waitingChecks = []
        waitingDecision = nil
        loggedBodies = []
        recallBodies()
        tell(
            .heightStarted(
                HeightStart(
                    height: height.next, validators: validators,
                    parameters: ReplicaParameters(state.parameters),
                    previousCommit: snapshot.proof)))
        carryOut(sync.step(.applied(height, validators)))
        endJoining()
        startHeartbeat()
        endReturn()
    }

    /// Fetches blocks from now on.
    mutating func endJoining() {
        guard joining != nil else { return }
        joining = nil
        restoring = nil
        let heard = heardWhileJoining
        heardWhileJoining = []
        for (peer, height) in heard { carryOut(sync.step(.reported(peer, height))) }
    }
}
