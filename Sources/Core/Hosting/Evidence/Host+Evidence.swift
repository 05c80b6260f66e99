internal import Consensus
internal import Ledger
internal import Primitives
internal import Records

/// What convicts somebody: checked, kept, told to all, and put on the ledger.
extension Host {
    /// Takes evidence that was found here, or that a peer sent.
    mutating func learn(_ body: EvidenceBody, from peer: InstitutionID?) {
        // A proof convicts nobody, and has as many signatures as there are validators.
        guard body.kind != .proofOfLock else { return }
        // What waits here already costs no signature check once more.
        guard !evidence.contains(body), peer.map({ !vain.isSpent($0) }) ?? true else { return }
        let count = evidence.items.count
        defer { if let peer, evidence.items.count == count { noteVain(peer) } }
        let offence: Offence
        do throws(EvidenceRefusal) {
            offence = try state.check(body)
        } catch {
            if let peer, !error.mayBeHonest {
                effects.append(.drop(peer, reason: "\(error)"))
            }
            return
        }
        guard state.evidence(of: offence) == nil, !answers(body, to: peer) else { return }
        switch evidence.add(body, offence, at: state.head.height) {
        case .known, .dropped(isFirst: false): break
        case .dropped(isFirst: true):
            effects.append(
                .report(
                    "evidence against \(offence.institution) finds no place: "
                        + "\(EvidencePool.countMaxOfAccused) offences of it wait for the ledger; "
                        + "dropped: \(offence)"))
        case .kept:
            effects.append(.report("evidence: \(offence)"))
            effects.append(.keep(body))
            if peer == nil { effects.append(.broadcast(.evidence(body))) }
        }
    }

    /// Takes back what an earlier life kept.
    mutating func recall(_ kept: [EvidenceBody]) {
        for body in kept {
            if body.kind == .proofOfLock {
                if let proof = try? ProofOfLock.decode(body.first[...]) {
                    keptLocks.append(proof.claimed)
                }
            } else if let offence = try? state.check(body), state.evidence(of: offence) == nil {
                _ = evidence.add(body, offence, at: state.head.height)
            }
        }
        trimLocks()
    }

    /// After each block: anchors what it is this node's turn to anchor.
    mutating func anchorWhatIsDue() {
        guard !evidence.items.isEmpty else { return }
        evidence.forget { state.evidence(of: $0) != nil }
        let rank = validators.index(of: identity) ?? validators.count
        for body in evidence.due(at: state.head.height, rank: rank) {
            effects.append(.anchor(.evidence(body)))
        }
    }

    /// Answers what a block asks this institution, or anybody, to prove.
    mutating func answerOnLedger(_ block: ExecutedBlock) {
        for batch in block.batches {
            for entry in batch.entries {
                guard case .evidence(let body) = entry.body, body.kind == .unprovedLock,
                    let claim = try? LockClaim.reading(body), let lock = claim.lock,
                    claim.claimer == identity
                else { continue }
                guard
                    let proof = proofOfLock(
                        height: claim.height, round: lock.round, block: lock.block)
                else {
                    recallLock(
                        claim.height, SignedState.Polka(round: lock.round, block: lock.block),
                        for: nil)
                    continue
                }
                effects.append(.anchor(.evidence(EvidenceBody(proof, claimedBy: identity))))
            }
        }
    }

    /// Whether a demand that a peer tells of can be answered here; if so, the peer is answered.
    private mutating func answers(_ body: EvidenceBody, to peer: InstitutionID?) -> Bool {
        guard body.kind == .unprovedLock, let claim = try? LockClaim.reading(body),
            let lock = claim.lock,
            let proof = proofOfLock(height: claim.height, round: lock.round, block: lock.block)
        else { return false }
        if let peer {
            answer(peer, .lock(Unverified(proof)), byteCount: 256 + 128 * proof.prevotes.count)
        }
        return true
    }
}

extension EvidenceRefusal {
    /// Whether it may be sound where its sender stands: at a height that has not come here yet,
    /// below one from which batches live shorter, or on the other side of one at which the issuer
    /// got another key.
    fileprivate var mayBeHonest: Bool {
        switch self {
        case .notYet, .apart, .otherKey: true
        case .malformed, .wrongInstitution, .consensus, .entries: false
        }
    }
}
