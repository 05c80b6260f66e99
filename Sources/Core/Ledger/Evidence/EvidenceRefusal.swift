public import Consensus
public import Primitives

/// Why a piece of evidence shows nothing.
public enum EvidenceRefusal: Error, Equatable, Sendable {
    /// A message in it is malformed.
    case malformed(CBORError)
    /// It is about another institution than the one that signed.
    case wrongInstitution(found: InstitutionID, right: InstitutionID)
    /// Nobody votes at that height yet.
    case notYet(height: Height, head: Height)
    /// A signature does not hold, or the messages do not contradict each other.
    case consensus(ConsensusError)
    /// The two entries, or what signs them, do not show what they should.
    case entries(String)
    /// The key that the issuer has now for the stream did not sign; one that it had, or will have,
    /// may have.
    case otherKey(of: InstitutionID, String)
    /// Two entries of batches that could never have stood on the ledger at one time: the first had
    /// expired before a block could hold the second.
    case apart(expiries: ClosedRange<Height>, heights: UInt64)
}

extension EvidenceRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let error): "a message of the evidence is malformed: \(error)"
        case .wrongInstitution(let found, let right):
            "the evidence is said to be about \(found); \(right) signed"
        case .notYet(let height, let head):
            "the evidence is about height \(height); the ledger stands at \(head)"
        case .consensus(let error): "the evidence shows nothing: \(error)"
        case .entries(let problem): "the evidence shows nothing: \(problem)"
        case .otherKey(let issuer, let problem):
            "the evidence shows nothing under the key that \(issuer) has now: \(problem)"
        case .apart(let expiries, let heights):
            "the evidence shows nothing: one batch expired at height \(expiries.lowerBound), the "
                + "other at \(expiries.upperBound); only less than \(heights) heights apart could "
                + "both have been taken"
        }
    }
}
