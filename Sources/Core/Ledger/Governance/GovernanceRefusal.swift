public import Cryptography
public import Primitives

/// Why a proposal or a vote has no effect.
///
/// An entry of governance is ordered like any other, since its number is taken: what it wants may
/// still come to nothing, and this says why. Nodes ask before they take a submission.
public enum GovernanceRefusal: Error, Equatable, Sendable {
    case malformed(LedgerError)
    case unknownInstitution(InstitutionID)
    case noGovernKeys(InstitutionID)
    /// A signature is malformed, of another key, or does not hold.
    case signature(InstitutionID, CryptographyError)
    case notItsKey(InstitutionID)
    case tooFewSignatures(InstitutionID, found: Int, needed: Int)
    case proposedAlready(Digest)
    case unknownProposal(Digest)
    case closed(Digest, ProposalRecord.Standing)
    case expired(expiry: Height, height: Height)
    case tooManyOpen(limit: Int)
    case votedAlready(InstitutionID)
    /// The change would leave what no ledger can run on.
    case unfit(String)
    /// An institution gets power only once its node has followed the ledger.
    case learnsFirst(InstitutionID)
    /// Of the validators after the change, those that are live are not more than 2/3 of the power.
    case noLiveQuorum(live: UInt64, total: UInt64)
    /// An attendance that names another block than the milestones of the day.
    case notAMilestone(Height)
}

extension GovernanceRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let error): "\(error)"
        case .unknownInstitution(let id): "no institution \(id) on this ledger"
        case .noGovernKeys(let id): "\(id) has no govern keys and cannot vote"
        case .signature(let id, let error): "a signature for \(id): \(error)"
        case .notItsKey(let id): "a signature is of a key that is no govern key of \(id)"
        case .tooFewSignatures(let id, let found, let needed):
            "\(found) of the govern keys of \(id) signed; \(needed) must"
        case .proposedAlready(let id): "proposal \(id) is on the ledger already"
        case .unknownProposal(let id): "no proposal \(id) on this ledger"
        case .closed(let id, let standing): "proposal \(id) is closed: \(standing)"
        case .expired(let expiry, let height):
            "votes counted up to block \(expiry); this is block \(height)"
        case .tooManyOpen(let limit): "\(limit) proposals are open, which is the limit"
        case .votedAlready(let id): "\(id) has voted already, and a vote stands"
        case .unfit(let problem): "the ledger could not run on it: \(problem)"
        case .learnsFirst(let id):
            "\(id) must follow the ledger before it votes: add it with power 0, run its node until "
                + "it attends, then give it power"
        case .noLiveQuorum(let live, let total):
            "after it only \(live) of \(total) power would be live, and more than 2/3 must be"
        case .notAMilestone(let height): "block \(height) is no milestone that attendances name"
        }
    }
}
