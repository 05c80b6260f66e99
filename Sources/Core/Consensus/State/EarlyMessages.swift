internal import Primitives

/// Messages for the next height, from replicas that were quicker: a bounded waiting room.
///
/// Signatures are checked against the present validators before anything is kept, so nobody can
/// fill the room in another's name; against the next ones they are checked again.
struct EarlyMessages: Sendable {
    let height: Height
    private(set) var votes: FutureVotes
    var proposal: (message: Verified<Proposal>, time: Timestamp, receivedAt: Timestamp)?

    init(height: Height, validatorCount: Int) {
        self.height = height
        votes = FutureVotes(validatorCount: validatorCount)
    }

    func hasRoom(for vote: Vote, index: Int) -> Bool {
        votes.hasRoom(for: vote, index: index)
    }

    mutating func add(_ vote: Verified<Vote>, index: Int) {
        _ = votes.add(vote, index: index)
    }
}
