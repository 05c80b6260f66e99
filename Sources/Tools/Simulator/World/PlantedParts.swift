internal import Consensus
internal import Cryptography
internal import Hosting
internal import Ledger
internal import Primitives

/// The parts around the core in which a planted bug sits; without one they do what they should.
struct PlantedParts {
    let bug: PlantedBug?
    /// Votes that were seen, for the bug that counts one too many.
    private var seen: [Poll] = []

    private struct Poll {
        let node: Int
        let height: Height
        let round: Round
        let kind: Vote.Kind
        let block: BlockID
        var voters: [InstitutionID]
    }

    init(_ bug: PlantedBug?, nodeCount: Int) {
        self.bug = bug
    }

    var keepsLog: Bool { bug != .dropTheLock && bug != .signTwice }

    /// What of the last-signed state is written down.
    func kept(_ state: SignedState) -> SignedState? {
        switch bug {
        case .signTwice: nil
        case .dropTheLock: PlantedParts.withoutLock(state)
        default: state
        }
    }

    private static func withoutLock(_ state: SignedState) -> SignedState? {
        func length(_ polka: SignedState.Polka?) -> Int {
            guard let polka else { return 1 }
            var writer = CBORWriter(reservingCapacity: 80)
            writer.array(2)
            writer.unsigned(UInt64(polka.round.number))
            polka.block.write(to: &writer)
            return writer.bytes.count
        }
        let bytes = state.encoded
        let head = bytes.dropLast(length(state.locked) + length(state.valid))
        return try? SignedState.decode((head + [0xf6, 0xf6])[...])
    }

    /// A message as an honest node with the bug sends it.
    func twist(_ message: PeerMessage, by index: Int, region: SimulatedRegion) -> PeerMessage {
        guard case .proposal(let proposal) = message else { return message }
        let claimed = proposal.claimed
        switch bug {
        case .forgetValidRound where claimed.validRound != nil:
            let forgetful = Proposal(
                height: claimed.height, round: claimed.round, validRound: nil,
                blockID: claimed.blockID, block: claimed.block, signature: claimed.signature)
            return .proposal(Unverified(region.sign(forgetful, by: index)))
        case .unsortedMap:
            guard let block = try? Block.decode(claimed.block), block.batches.count > 1 else {
                return message
            }
            let turn = index % block.batches.count
            let batches = Array(block.batches[turn...] + block.batches[..<turn])
            let other = Block(
                header: block.header, batches: batches, commitProof: block.commitProof)
            return .proposal(
                Unverified(
                    Proposal(
                        height: claimed.height, round: claimed.round,
                        validRound: claimed.validRound, blockID: claimed.blockID,
                        block: other.encode(), signature: claimed.signature)))
        default: return message
        }
    }

    /// What a crash takes away beyond what it may.
    func losePower(
        of index: Int, disk: inout SimulatedDisk, _ generator: inout SeededGenerator
    ) {
        if bug == .skipASync, generator.chance(50) { disk.dropLastBlock() }
    }

    func authenticator(_ real: SimulatedAuthenticator) -> any Authenticator {
        bug == .offByOneQuorum ? Gullible(real: real) : real
    }

    /// A vote that nobody cast, where one is missing to a quorum.
    mutating func phantom(
        after message: PeerMessage, at index: Int, validators: ValidatorSet
    ) -> Vote? {
        guard bug == .offByOneQuorum, case .vote(let unverified) = message,
            let block = unverified.claimed.block
        else { return nil }
        let vote = unverified.claimed
        let place =
            seen.firstIndex {
                $0.node == index && $0.height == vote.height && $0.round == vote.round
                    && $0.kind == vote.kind && $0.block == block
            } ?? seen.count
        if place == seen.count {
            seen.append(
                Poll(
                    node: index, height: vote.height, round: vote.round, kind: vote.kind,
                    block: block, voters: []))
        }
        if !seen[place].voters.contains(vote.voter) { seen[place].voters.append(vote.voter) }
        // Its own vote is counted in.
        let power = UInt64(seen[place].voters.count + 1)
        guard !validators.isQuorum(power), validators.isQuorum(power + 1) else { return nil }
        let absent = validators.validators.last { !seen[place].voters.contains($0.id) }
        if seen.count > 64 { seen.removeFirst(32) }
        return absent.map { validator in
            Vote(
                kind: vote.kind, height: vote.height, round: vote.round, voter: validator.id,
                block: block, validRound: nil, signature: vote.signature)
        }
    }
}

/// Believes every signature.
private struct Gullible: Authenticator {
    let real: SimulatedAuthenticator

    func sign(_ digest: Digest) -> Signature { real.sign(digest) }

    func isValid(_ signature: Signature, for digest: Digest, by key: PublicKey) -> Bool { true }
}
