internal import Primitives

/// What a vote says, before anybody has signed it.
struct VoteClaim: Hashable, Sendable {
    let kind: Vote.Kind
    let height: Height
    let round: Round
    let block: BlockID?
    let validRound: Round?

    init(kind: Vote.Kind, height: Height, round: Round, block: BlockID?, validRound: Round?) {
        self.kind = kind
        self.height = height
        self.round = round
        self.block = block
        self.validRound = validRound
    }

    init(_ vote: Vote) {
        self.init(
            kind: vote.kind, height: vote.height, round: vote.round, block: vote.block,
            validRound: vote.validRound)
    }
}

/// What a proposal says, before anybody has signed it.
struct ProposalClaim: Hashable, Sendable {
    let height: Height
    let round: Round
    let validRound: Round?
    let block: BlockID

    init(height: Height, round: Round, validRound: Round?, block: BlockID) {
        self.height = height
        self.round = round
        self.validRound = validRound
        self.block = block
    }

    init(_ proposal: Proposal) {
        self.init(
            height: proposal.height, round: proposal.round, validRound: proposal.validRound,
            block: proposal.blockID)
    }
}
