internal import Cryptography
internal import Primitives

/// The only place where a replica signs.
///
/// Whatever happened before, however it restarts: for one (height, round, step) there is at most
/// one signed message, because nothing is signed that does not stand above the last-signed state,
/// and that state is persisted before the message leaves.
extension Replica {
    /// Whether a message of this step of the present round may still be signed.
    func maySign(_ step: Timer.Step) -> Bool {
        guard !isReplaying, state.ownIndex != nil, state.height >= signsFrom else { return false }
        guard let last = lastSigned else { return true }
        if last.height != state.height { return last.height < state.height }
        if last.round != state.round { return last.round < state.round }
        return last.step.rawValue < step.rawValue
    }

    /// Signs a vote, counts it, and sends it; does nothing where it may not be signed.
    mutating func cast(_ claim: VoteClaim) {
        guard let index = state.ownIndex, !isReplaying else { return }
        if case .vote(let last) = lastSigned?.signed, VoteClaim(last) == claim {
            count(Verified(checked: last), index: index)
            effects.append(.broadcast(.vote(last)))
            return
        }
        guard maySign(claim.kind == .prevote ? .prevote : .precommit) else { return }
        let validator = state.validators.validators[index]
        let digest = SHA256.hash(signing.sigStructure(of: claim, key: validator.keyID))
        let vote = Vote(
            kind: claim.kind, height: claim.height, round: claim.round, voter: identity,
            block: claim.block, validRound: claim.validRound,
            signature: authenticator.sign(digest, as: validator.key))
        effects.append(.appendLog(.voted(vote)))
        persist(.vote(vote))
        effects.append(.broadcast(.vote(vote)))
        count(Verified(checked: vote), index: index)
    }

    /// The host's answer to a propose request.
    mutating func propose(_ value: BuiltValue) {
        guard value.height == state.height, value.round == state.round, state.step == .propose,
            state.proposer.id == identity, state[state.round].proposal == nil,
            state.valid == nil, value.block.count <= Proposal.blockByteCountMax
        else { return }
        _ = send(value.blockID, value.block, time: value.time, validRound: nil)
    }

    /// Signs a proposal and sends it; says whether it did.
    mutating func send(
        _ block: BlockID, _ bytes: [UInt8], time: Timestamp, validRound: Round?
    ) -> Bool {
        guard maySign(.propose), let index = state.ownIndex else { return false }
        let claim = ProposalClaim(
            height: state.height, round: state.round, validRound: validRound, block: block)
        let validator = state.validators.validators[index]
        let signature = authenticator.sign(
            SHA256.hash(signing.sigStructure(of: claim, key: validator.keyID)),
            as: validator.key)
        let proposal = Proposal(
            height: state.height, round: state.round, validRound: validRound, blockID: block,
            block: bytes, signature: signature)
        effects.append(.appendLog(.proposed(proposal, blockTime: time, isTimely: true)))
        effects.append(
            .appendLog(.valueChecked(height: state.height, block: block, isValid: true)))
        persist(
            .proposal(
                height: state.height, round: state.round, validRound: validRound, block: block,
                signature: signature))
        effects.append(.broadcast(.proposal(proposal)))
        state.learn(proposal, time: time, validity: .valid)
        state.update(state.round) {
            $0.proposal = RoundState.Received(proposal: proposal, isTimely: true)
        }
        return true
    }

    private mutating func persist(_ signed: SignedState.Signed) {
        let state = SignedState(signed: signed, locked: state.locked, valid: state.valid)
        lastSigned = state
        effects.append(.persist(state))
    }
}
