internal import Primitives

/// How many signatures of each peer were checked in vain, from one status interval to the next.
///
/// Of some messages nobody can tell whether their sender lies: a vote of the next height, whose
/// validators are not known yet, a batch or evidence under a key that the issuer had, or will have,
/// or what is on the ledger long since. Nobody is dropped for one. But each costs a signature
/// check, so that of a peer that sends many no more are looked at until the next interval; what an
/// honest one meant is said again, or asked for.
struct VainChecks: Sendable {
    /// How many of a peer are looked at in one interval.
    static let countMax = 64

    private var counts: [InstitutionID: Int] = [:]
    /// Peers that have sent too many, and the operator knows.
    private var told: Set<InstitutionID> = []

    func isSpent(_ peer: InstitutionID) -> Bool {
        counts[peer, default: 0] >= VainChecks.countMax
    }

    /// Takes note of one; says whether from now on no more are looked at, for the first time.
    mutating func note(_ peer: InstitutionID) -> Bool {
        counts[peer, default: 0] += 1
        return isSpent(peer) && told.insert(peer).inserted
    }

    /// A new interval begins.
    mutating func renew() {
        counts.removeAll(keepingCapacity: true)
    }

    mutating func forget(_ peer: InstitutionID) {
        told.remove(peer)
    }
}

extension Host {
    /// A message of a peer cost a signature check, and was good for nothing.
    mutating func noteVain(_ peer: InstitutionID) {
        guard vain.note(peer) else { return }
        effects.append(
            .report(
                "\(peer) has sent \(VainChecks.countMax) messages in \(Host.statusMilliseconds) ms "
                    + "that were checked in vain; more of the kind are not looked at"))
    }
}
