public import Primitives

/// What a replica holds of its present round: sent now and then, so that peers can fill the gaps.
public struct ReplicaStatus: Hashable, Sendable {
    public let height: Height
    public let round: Round
    public let hasProposal: Bool
    /// Bit i of byte i / 8, from the lowest: whether validator i's vote is here.
    public let prevotes: [UInt8]
    public let precommits: [UInt8]
    /// A block that a quorum voted for, and whose bytes are not here.
    public let missing: BlockID?

    public init(
        height: Height, round: Round, hasProposal: Bool, prevotes: [UInt8], precommits: [UInt8],
        missing: BlockID?
    ) {
        self.height = height
        self.round = round
        self.hasProposal = hasProposal
        self.prevotes = prevotes
        self.precommits = precommits
        self.missing = missing
    }
}

extension Replica {
    /// What this replica holds of its present round.
    public var status: ReplicaStatus {
        let round = state[state.round]
        return ReplicaStatus(
            height: state.height, round: state.round, hasProposal: round.proposal != nil,
            prevotes: bits(of: round.prevotes), precommits: bits(of: round.precommits),
            missing: state.missing?.block)
    }

    /// What is wrong with a peer's status, where nobody honest could send it; nil else.
    ///
    /// At one height all count the same validators. Of other heights nothing can be told.
    public func fault(in peer: ReplicaStatus) -> String? {
        guard peer.height == state.height else { return nil }
        for bits in [peer.prevotes, peer.precommits] {
            guard bits.count == (state.validators.count + 7) / 8 else {
                return "a status with \(bits.count) bytes of votes, for \(state.validators.count) "
                    + "validators"
            }
            let spare = UInt8(bits.count * 8 - state.validators.count)
            guard bits.last.map({ $0 >> (8 - spare) == 0 }) ?? true else {
                return "a status with a vote of a validator beyond the last"
            }
        }
        return nil
    }

    /// Whether this proposal is the one that is known of its round, or kept for the next height.
    public func holds(_ proposal: Proposal) -> Bool {
        let known =
            proposal.height == early.height
            ? early.proposal?.message.message
            : proposal.height == state.height ? state[proposal.round].proposal?.proposal : nil
        return known?.saysTheSame(as: proposal) == true
    }

    /// What a peer at the same height lacks and this replica holds, the proposal first.
    ///
    /// It is what the paper's reliable gossip demands: whatever one honest replica has counted,
    /// all come to count. A peer at another height gets nothing here; it needs whole blocks.
    public func messages(for peer: ReplicaStatus) -> [Message] {
        guard peer.height == state.height else { return [] }
        var messages: [Message] = []
        let theirs = state[peer.round]
        if !peer.hasProposal, let received = theirs.proposal {
            messages.append(.proposal(received.proposal))
        }
        if let valid = theirs.proposal?.proposal.validRound, let block = theirs.proposal {
            messages += state[valid].prevotes.votes(for: block.proposal.blockID)
                .map(Message.vote)
        }
        if let missing = peer.missing, let proposal = proposal(for: missing) {
            messages.append(.proposal(proposal))
        }
        messages += lacking(peer.prevotes, in: theirs.prevotes)
        messages += lacking(peer.precommits, in: theirs.precommits)
        if state.round > peer.round {
            let ours = state[state.round]
            messages += (ours.prevotes.all + ours.precommits.all).map(Message.vote)
        }
        if let decided = state.decided, decided.round != peer.round {
            messages += state[decided.round].precommits.votes(for: decided.block)
                .map(Message.vote)
        }
        return messages
    }

    /// A signed proposal of a block, where one is here.
    public func proposal(for block: BlockID) -> Proposal? {
        for round in state.rounds {
            if let proposal = round.proposal?.proposal, proposal.blockID == block {
                return proposal
            }
        }
        return nil
    }

    private func bits(of tally: Tally) -> [UInt8] {
        var bits = [UInt8](repeating: 0, count: (state.validators.count + 7) / 8)
        for index in 0..<state.validators.count where tally.vote(of: index) != nil {
            bits[index / 8] |= 1 << UInt8(index % 8)
        }
        return bits
    }

    private func lacking(_ bits: [UInt8], in tally: Tally) -> [Message] {
        tally.all.filter { vote in
            guard let index = state.validators.index(of: vote.voter), index / 8 < bits.count
            else { return true }
            return bits[index / 8] & 1 << UInt8(index % 8) == 0
        }.map(Message.vote)
    }
}
