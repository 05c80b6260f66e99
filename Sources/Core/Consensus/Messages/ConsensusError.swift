public import Primitives

/// Why a set of validators, or a signed message, is refused.
public enum ConsensusError: Error, Equatable, Sendable {
    /// A set of validators is empty.
    case noValidators
    /// A set has more validators than the format allows.
    case tooManyValidators(count: Int, limit: Int)
    /// Two validators of a set have one id, or stand out of order.
    case validatorOutOfOrder(InstitutionID)
    /// A validator has no power; those without are left out.
    case noPower(InstitutionID)
    /// The powers of a set add up to more than can be counted with.
    case tooMuchPower(limit: UInt64)
    /// The bytes are no set of validators.
    case malformedSet(CBORError)
    /// The sender is no validator of this height.
    case notAValidator(InstitutionID)
    /// The signature is not that of the validator who should have made it: the voter, or for a
    /// proposal the one whose turn it was.
    case signatureInvalid(by: InstitutionID, what: String)
    /// The precommits of a commit proof are not more than 2/3 of the power.
    case notEnoughPower(found: UInt64, total: UInt64)
    /// An honest replica may have signed both messages that are said to contradict each other.
    case noContradiction
    /// The message names no valid round, of which a proof could be asked.
    case noClaim
}

extension ConsensusError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noValidators:
            "a ledger needs at least one institution with voting power"
        case .tooManyValidators(let count, let limit):
            "\(count) validators; at most \(limit) can vote"
        case .validatorOutOfOrder(let id):
            "validators must stand by id, each once; \(id) does not"
        case .noPower(let id):
            "\(id) has no voting power and cannot stand among the validators"
        case .tooMuchPower(let limit):
            "the voting powers add up to more than \(limit)"
        case .malformedSet(let error): "no set of validators: \(error)"
        case .notAValidator(let id):
            "\(id) is no validator of this height"
        case .signatureInvalid(let id, let what):
            "the signature of \(id) on a \(what) is not valid for its consensus key"
        case .notEnoughPower(let found, let total):
            "votes of power \(found) of \(total); more than 2/3 is needed"
        case .noContradiction: "an honest replica may have signed both messages"
        case .noClaim: "the message claims no valid round"
        }
    }
}
