public import Cryptography
public import Primitives

/// An institution with voting power, and the key that it votes with.
public struct Validator: Hashable, Sendable {
    public let id: InstitutionID
    public let key: PublicKey
    /// The key's id, kept because every signed byte needs it.
    public let keyID: KeyID
    /// Its weight in every quorum; above 0.
    public let power: UInt64

    public init(id: InstitutionID, key: PublicKey, power: UInt64) {
        self.id = id
        self.key = key
        self.keyID = key.keyID
        self.power = power
    }
}
