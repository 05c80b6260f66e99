internal import Cryptography
public import Primitives

/// The key k_P of one patient, from which the patient's pseudonyms follow.
///
/// Random, and computable from no identifier: whoever destroys it unlinks the patient.
///
/// Source: `docs/formats/payload.md`, pseudonyms.
public struct PatientKey: Hashable, Sendable {
    private let secret: SecretBytes

    /// How many bytes the key has.
    public static let byteCount = 32

    /// A fresh key.
    public init(random: RandomBytes) {
        secret = SecretBytes(random.bytes(PatientKey.byteCount))
    }

    /// The key with these bytes, as supervising nodes get it sealed; nil unless there are 32.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == PatientKey.byteCount else { return nil }
        secret = SecretBytes(bytes)
    }

    /// What the ledger calls the patient in an epoch.
    public func pseudonym(epoch: UInt32) -> OpaqueID {
        let number = (0..<4).map { UInt8(truncatingIfNeeded: epoch >> UInt32(24 - $0 * 8)) }
        let code = HMACSHA256.authenticate(Array("custos patient".utf8) + number, key: bytes)
        return OpaqueID(prefixOf: code)
    }

    /// The 32 bytes, for sealing them to a node that supervises.
    public var bytes: [UInt8] { secret.bytes }
}
