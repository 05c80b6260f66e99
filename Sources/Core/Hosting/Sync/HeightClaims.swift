internal import Consensus
internal import Primitives

/// At which heights peers say they stand, and how far that is to be believed.
///
/// A claim decides whom to ask, and nothing else, until peers with more than 1/3 of the power say
/// the same: one of them is honest then. It is a lie where more than 2/3 of the power say again and
/// again that they have not come as far as the height before: nobody else could have decided it.
struct HeightClaims: Sendable {
    private struct Claim: Sendable {
        let id: InstitutionID
        /// What it is asked for: what it claims, less what it was found not to have.
        var asked: Height
        /// The most that it has claimed.
        var highest: Height
        /// How often it has said where it stands.
        var reportCount: UInt64 = 0
        /// How often in a row it did not have what it claims.
        var failureCount = 0
        var doubt: Doubt?
    }

    /// A claim that more than 2/3 of the power contradict.
    private struct Doubt: Sendable {
        let height: Height
        /// How often each peer had reported when the doubt arose.
        let since: [InstitutionID: UInt64]
    }

    /// How often each of those who contradict must have said so: at four reports a second half a
    /// minute, which is longer than a connection lives on which nothing gets through.
    static let contradictionsMin: UInt64 = 120

    /// By id.
    private var claims: [Claim] = []
    private var turn = 0

    mutating func report(_ peer: InstitutionID, _ height: Height) {
        let index = place(of: peer)
        if index == claims.count || claims[index].id != peer {
            claims.insert(Claim(id: peer, asked: height, highest: height), at: index)
        }
        claims[index].asked = height
        claims[index].highest = max(claims[index].highest, height)
        claims[index].reportCount += 1
    }

    mutating func remove(_ peer: InstitutionID) {
        claims.removeAll { $0.id == peer }
    }

    /// A peer did not have a block that it claims: it is asked for less, and after others.
    mutating func noteFailure(_ peer: InstitutionID, at wanted: Height) {
        guard let index = index(of: peer) else { return }
        claims[index].asked = min(claims[index].asked, Height(wanted.blocks - 1))
        claims[index].failureCount = min(claims[index].failureCount + 1, 1_000)
    }

    mutating func noteDelivery(_ peer: InstitutionID) {
        guard let index = index(of: peer) else { return }
        claims[index].failureCount = 0
    }

    /// Whom to ask for a block: by turns, of those who have failed least.
    mutating func nextPeer(claiming height: Height) -> InstitutionID? {
        let able = claims.filter { $0.asked >= height }
        guard let least = able.map(\.failureCount).min() else { return nil }
        let best = able.filter { $0.failureCount == least }
        turn = (turn + 1) % best.count
        return best[turn].id
    }

    /// The highest height that peers with more than 1/3 of the power claim to have come to.
    func vouched(in validators: ValidatorSet) -> Height {
        let ranked = claims.compactMap { claim in
            validators.index(of: claim.id).map { (claim.highest, validators.validators[$0].power) }
        }.sorted { $0.0 > $1.0 }
        var power: UInt64 = 0
        for (height, own) in ranked {
            power += own
            if validators.hasHonest(power) { return height }
        }
        return .genesis
    }

    /// A peer whose claim cannot be true, where there is one; `own` stands at `height` itself.
    mutating func liar(
        in validators: ValidatorSet, own: InstitutionID?, at height: Height
    ) -> (peer: InstitutionID, claimed: Height)? {
        for index in claims.indices where claims[index].highest > height.next {
            let doubt = claims[index].doubt
            let claimed = doubt?.height ?? claims[index].highest
            func isContradicted(since: [InstitutionID: UInt64]?) -> Bool {
                let power = validators.validators.reduce(UInt64(0)) { power, validator in
                    let contradicts =
                        validator.id == own
                        ? height.next < claimed : says(validator.id, below: claimed, since: since)
                    return contradicts ? power + validator.power : power
                }
                return validators.isQuorum(power)
            }
            guard isContradicted(since: nil) else {
                claims[index].doubt = nil
                continue
            }
            guard let doubt else {
                let since = Dictionary(uniqueKeysWithValues: claims.map { ($0.id, $0.reportCount) })
                claims[index].doubt = Doubt(height: claimed, since: since)
                continue
            }
            if isContradicted(since: doubt.since) { return (claims[index].id, claimed) }
        }
        return nil
    }

    /// Whether a peer says that it has not come to the height before; where `since` is given, often
    /// enough since then.
    private func says(
        _ peer: InstitutionID, below claimed: Height, since: [InstitutionID: UInt64]?
    ) -> Bool {
        guard let index = index(of: peer), claims[index].highest.next < claimed else {
            return false
        }
        guard let since else { return true }
        let before = since[peer] ?? 0
        return claims[index].reportCount >= before + HeightClaims.contradictionsMin
    }

    private func place(of peer: InstitutionID) -> Int {
        claims.indices.partitioningIndex { claims[$0].id >= peer }
    }

    private func index(of peer: InstitutionID) -> Int? {
        let index = place(of: peer)
        return index < claims.count && claims[index].id == peer ? index : nil
    }
}
