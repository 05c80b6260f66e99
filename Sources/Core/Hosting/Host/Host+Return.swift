internal import Consensus
internal import Ledger
internal import Primitives

/// A replica that has lost its disk, and what it has heard since it came back.
struct Returning: Sendable {
    /// The height under way that each peer reported first.
    var reports: [InstitutionID: Height] = [:]
}

/// How a replica comes back that does not know what it has signed.
///
/// It follows and says nothing until peers with more than 2/3 of the power have said at which
/// height they are, and it has come to each of those heights itself, by blocks that it checked: so
/// no claim is believed that blocks do not bear out. It signs from two heights above the highest.
/// What it signed before was for a height whose predecessor more than 2/3 had decided; somebody
/// honest who had come there is among those who reported, so that height lies below.
extension Host {
    mutating func noteReport(_ status: ReplicaStatus, from peer: InstitutionID) {
        guard returning != nil, returning?.reports[peer] == nil else { return }
        returning?.reports[peer] = status.height
        endSilence()
    }

    /// After a report or a block: signs again from a height on, where enough has been heard.
    mutating func endSilence() {
        guard let returning else { return }
        let underWay = state.head.height.next
        var power: UInt64 = 0
        var highest = Height.genesis
        for validator in validators.validators where validator.id != identity {
            guard let report = returning.reports[validator.id], report <= underWay else {
                continue
            }
            power += validator.power
            highest = max(highest, report)
        }
        guard validators.isQuorum(power) else { return }
        let first = Height(highest.blocks + 2)
        self.returning = nil
        effects.append(.signFrom(first))
        effects.append(
            .report(
                "this replica had lost its disk; from height \(first) on it signs again"))
        replica.keepSilent(below: first)
    }
}
