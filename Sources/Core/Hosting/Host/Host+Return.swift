internal import Consensus
internal import Ledger
internal import Primitives

/// A replica that has lost its disk, or its outbox alone, and what it has heard since it came back.
struct Returning: Sendable {
    /// Whether it is not known what the replica has signed; else only numbers are missing.
    let isSilent: Bool
    /// For how many heights a batch that an outbox lost may have been good; nil where none is lost.
    var expiryHeights: UInt64?
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
///
/// The same heights bound what its outboxes signed: an outbox counts a batch's expiry from a block
/// that was decided, so no batch that was lost outlives the highest by more than a batch's life.
extension Host {
    mutating func noteReport(_ status: ReplicaStatus, from peer: InstitutionID) {
        guard returning != nil, returning?.reports[peer] == nil else { return }
        returning?.reports[peer] = status.height
        endReturn()
    }

    mutating func askForExpiry(_ heights: UInt64) {
        var asking = returning ?? Returning(isSilent: false)
        asking.expiryHeights = max(asking.expiryHeights ?? 0, heights)
        returning = asking
        endReturn()
    }

    /// After a report or a block: signs and numbers again, where enough has been heard.
    mutating func endReturn() {
        guard let returning else { return }
        let underWay = state.head.height.next
        var power: UInt64 = 0
        var highest = Height.genesis
        for validator in validators.validators {
            guard let report = report(of: validator.id, to: returning), report <= underWay else {
                continue
            }
            power += validator.power
            highest = max(highest, report)
        }
        guard validators.isQuorum(power) else { return }
        self.returning = nil
        if returning.isSilent {
            let first = Height(highest.blocks + 2)
            effects.append(.signFrom(first))
            effects.append(
                .report(
                    "this replica had lost its disk; from height \(first) on it signs again"))
            replica.keepSilent(below: first)
        }
        if let heights = returning.expiryHeights {
            // The ledger's own limit, too: an earlier version may have signed for longer.
            let life = max(heights, state.parameters.batchHeightsMax)
            effects.append(.numberFrom(Height(highest.blocks + life)))
        }
    }

    private func report(of id: InstitutionID, to returning: Returning) -> Height? {
        guard id == identity, !returning.isSilent else { return returning.reports[id] }
        // Of itself a replica knows it, unless its whole disk is gone.
        return max(state.head.height.next, replica.lastSignedHeight ?? .genesis)
    }
}
