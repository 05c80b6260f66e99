public import Primitives
public import Records

/// What the node must do for supervision; the order of several does not matter.
public enum SupervisionEffect: Sendable {
    /// Prepare the submission and put it into the outbox, as if a gateway had sent it.
    case submit(Submission)
    /// Something waits for this recipient: send it what ``DeliveryQueue/next(for:members:)`` says.
    case deliver(to: InstitutionID)
    /// Tell the operator: an issuer delivered what its entry does not say.
    case report(Mismatch)
}
