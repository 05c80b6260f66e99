internal import Consensus
internal import Ledger
internal import Primitives
internal import Records

/// Two blocks decided at one height: more than a third lied, and the votes say who.
extension Host {
    /// A commit proof of the last height for another block than the one applied here.
    mutating func noteFork(_ proof: Unverified<CommitProof>) {
        let claimed = proof.claimed
        guard claimed.height == state.head.height, fork?.height != claimed.height,
            claimed.block.hash != state.head.hash,
            (try? previousValidators.verify(proof, with: signing, by: authenticator)) != nil
        else { return }
        effects.append(
            .report(
                "fork: at height \(claimed.height) block \(claimed.block) was decided as well as "
                    + "\(state.head.hash); the votes are gathered to convict who did it"))
        fork = Fork(
            height: claimed.height, accounting: Accounting(state.validators(at: claimed.height)))
        let own = replica.previousCommit?.votes.map(\.claimed) ?? []
        let votes = own + claimed.votes.map(\.claimed) + votesKept(of: claimed.height)
        for vote in votes { addToFork(Unverified(vote), from: nil) }
        effects.append(.broadcast(.votesWanted(claimed.height)))
    }

    /// A vote of the height at which the fork is, from whomever.
    mutating func addToFork(_ vote: Unverified<Vote>, from peer: InstitutionID?) {
        guard var fork, vote.claimed.height == fork.height,
            fork.accounting.hasRoom(for: vote.claimed), peer.map({ !vain.isSpent($0) }) ?? true
        else { return }
        guard
            let verified = try? state.validators(at: fork.height).verify(
                vote, with: signing, by: authenticator)
        else {
            if let peer { noteVain(peer) }
            return
        }
        let found = fork.accounting.add(verified)
        self.fork = fork
        for evidence in found { learn(EvidenceBody(evidence), from: nil) }
    }

    /// A peer has seen a fork, and asks for the votes of its height.
    mutating func giveVotes(of height: Height, to peer: InstitutionID) {
        guard mayAsk(peer) else { return }
        let votes = votesKept(of: height)
        if votes.isEmpty, mayAsk(peer, byteCount: Host.recallByteCount) {
            return recallLock(height, nil, for: peer)
        }
        give(votes, to: peer)
    }

    mutating func give(_ votes: [Vote], to peer: InstitutionID) {
        for vote in votes {
            guard answer(peer, .vote(Unverified(vote)), byteCount: 256) else { return }
        }
    }

    /// What this replica has of the votes of a height that was left, or of the one under way.
    func votesKept(of height: Height) -> [Vote] {
        if height == replica.height { return replica.votes.map(\.message) }
        if let left = leftVotes.first(where: { $0.height == height }) { return left.votes }
        // Of what is longer ago the prevotes are left that prove a valid round claimed here.
        return keptLocks.filter { $0.height == height }.flatMap(\.votes)
    }

    /// How many votes of heights that were left are kept.
    private static let leftVoteCountMax = 16_384

    /// Before a height is left: keeps its votes for a while, where it needed more than one round.
    ///
    /// Of round 0 the commit proof says all that can be needed.
    mutating func keepVotes() {
        let votes = replica.votes.map(\.message)
        guard votes.contains(where: { $0.round > .zero }) else { return }
        leftVotes.append((replica.height, votes))
        var count = leftVotes.reduce(0) { $0 + $1.votes.count }
        while count > Host.leftVoteCountMax, leftVotes.count > 1 {
            count -= leftVotes.removeFirst().votes.count
        }
    }
}
