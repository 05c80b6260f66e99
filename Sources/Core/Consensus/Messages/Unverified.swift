/// A message as it was read from bytes: well formed, but nobody has checked its signature.
///
/// The only way from here to a ``Verified`` is a signature check against a ``ValidatorSet``, so
/// that what a peer claims cannot be counted by mistake.
public struct Unverified<Message: Sendable>: Sendable {
    /// What the message says about itself.
    public let claimed: Message

    public init(_ claimed: Message) {
        self.claimed = claimed
    }
}

/// A message whose signature, and whose sender's right to send it, have been checked.
public struct Verified<Message: Sendable>: Sendable {
    public let message: Message

    /// Only this room makes verified messages: by checking, or by signing itself.
    init(checked message: Message) {
        self.message = message
    }
}

extension Unverified: Equatable where Message: Equatable {}
extension Verified: Equatable where Message: Equatable {}
