internal import Consensus
internal import Ledger
internal import Primitives
internal import Records

/// Claims of valid rounds: asking for their proofs, and being asked.
extension Host {
    /// How many proofs of claims of its own a replica has at hand; the others are on the disk.
    private static let keptLocksMax = 256
    /// What looking for one on the disk costs whoever asks, of its budget.
    static let recallByteCount = 1 << 20

    /// A peer asks for the proof of a valid round that this replica claimed.
    mutating func proveLock(
        _ height: Height, _ round: Round, _ block: BlockID, to peer: InstitutionID
    ) {
        guard mayAsk(peer) else { return }
        if let proof = proofOfLock(height: height, round: round, block: block) {
            answer(peer, .lock(Unverified(proof)), byteCount: 256 + 128 * proof.prevotes.count)
        } else if mayAsk(peer, byteCount: Host.recallByteCount) {
            recallLock(height, SignedState.Polka(round: round, block: block), for: peer)
        }
    }

    /// Looks on the disk for a proof of a height that was left, or for all of that height.
    mutating func recallLock(
        _ height: Height, _ lock: SignedState.Polka?, for peer: InstitutionID?
    ) {
        guard height <= state.head.height else { return }
        effects.append(.recallLock(LockQuestion(height: height, lock: lock, peer: peer)))
    }

    /// What was looked for on the disk is there.
    mutating func answer(_ question: LockQuestion, with proof: ProofOfLock) {
        if let peer = question.peer, question.lock == nil {
            give(proof.votes, to: peer)
        } else if let peer = question.peer {
            answer(peer, .lock(Unverified(proof)), byteCount: 256 + 128 * proof.prevotes.count)
        } else {
            effects.append(.anchor(.evidence(EvidenceBody(proof, claimedBy: identity))))
        }
    }

    /// The proof of a valid round, of the height under way or of one that was left.
    func proofOfLock(height: Height, round: Round, block: BlockID) -> ProofOfLock? {
        replica.proofOfLock(height: height, round: round, block: block)
            ?? keptLocks.last {
                $0.height == height && $0.round == round && $0.block == block
            }
    }

    /// Before the height is left: keeps what this replica may be asked to prove.
    mutating func keepLocks() {
        for proof in replica.claimedLocks where !keptLocks.contains(proof) {
            keptLocks.append(proof)
            effects.append(.keep(EvidenceBody(proof, claimedBy: identity)))
        }
        trimLocks()
    }

    mutating func trimLocks() {
        keptLocks.removeFirst(max(0, keptLocks.count - Host.keptLocksMax))
    }

    /// At each status interval: asks again, and keeps what nobody answered.
    mutating func askForLocks() {
        guard !demands.isEmpty else { return }
        let open = demands.prefix(LockDemand.openMax)
        demands = []
        for var demand in open {
            guard let lock = demand.claim.lock else { continue }
            let height = demand.claim.height
            if proofOfLock(height: height, round: lock.round, block: lock.block) != nil {
                continue
            }
            guard demand.count < LockDemand.patience else {
                learn(EvidenceBody(unanswered: demand.claim), from: nil)
                continue
            }
            demand.count += 1
            demands.append(demand)
            effects.append(
                .send(.lockWanted(height, lock.round, lock.block), to: demand.claim.claimer))
        }
    }

    /// A peer proves a valid round: its votes count, and who was asked has answered.
    mutating func receive(_ proof: Unverified<ProofOfLock>, from peer: InstitutionID) {
        let claimed = proof.claimed
        guard claimed.height > .genesis, claimed.height <= state.head.height.next else { return }
        // What nobody asked for, or is here already, costs no signature checks.
        let isAsked = demands.contains { claimed.answers($0.claim) }
        let isNews =
            claimed.height == replica.height
            && replica.proofOfLock(
                height: claimed.height, round: claimed.round, block: claimed.block) == nil
        guard isAsked || isNews else { return }
        do throws(ConsensusError) {
            _ = try state.validators(at: claimed.height).verify(
                proof, with: signing, by: authenticator)
        } catch {
            effects.append(.drop(peer, reason: "a proof of lock that proves nothing: \(error)"))
            return
        }
        demands.removeAll { claimed.answers($0.claim) }
        guard claimed.height == replica.height else { return }
        for vote in claimed.votes { tell(.voted(Unverified(vote))) }
    }
}
