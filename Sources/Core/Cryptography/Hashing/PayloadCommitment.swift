public import Primitives

/// What an entry says about its payload: a hash that a random salt keeps from telling anything.
///
/// It covers the source document and the facts. Who destroys salt and content key has erased the
/// payload, and the commitment still proves what stood there to those who kept theirs.
///
/// Source: `docs/formats/payload.md`.
public enum PayloadCommitment {
    /// How many bytes a salt has.
    public static let saltByteCount = 32

    /// What stands before the ledger id, in commitments and in the sealing of payloads.
    public static let domain = Array("custos payload".utf8)

    /// SHA-256("custos payload" ‖ ledger id ‖ salt ‖ SHA-256(payload bytes)).
    ///
    /// - Throws: ``CryptographyError/length(of:bytes:expected:)`` unless the salt has 32 bytes:
    ///   with another length two different pairs of salt and payload could hash the same bytes.
    public static func commit(
        to payload: [UInt8], salt: [UInt8], ledger: LedgerID
    ) throws(CryptographyError) -> Digest {
        guard salt.count == saltByteCount else {
            throw .length(of: "a salt", bytes: salt.count, expected: saltByteCount)
        }
        var hasher = SHA256.Hasher()
        hasher.update(domain)
        hasher.update(ledger.digest)
        hasher.update(salt)
        hasher.update(SHA256.hash(payload))
        return hasher.finish()
    }
}
