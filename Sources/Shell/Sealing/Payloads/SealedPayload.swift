internal import Cryptography
public import Primitives

/// A payload encrypted under a key of its own, and the commitment that its entry carries.
///
/// Source: `docs/formats/payload.md`.
public struct SealedPayload: Sendable {
    public let commitment: Digest
    /// The sealed payload: `[1, ciphertext]` in CBOR.
    public let bytes: [UInt8]
    public let key: PayloadKey

    /// The longest payload, in bytes: a source document with its facts.
    public static let payloadBytesMax = 4 << 20
    /// The longest sealed payload, in bytes.
    public static let sealedBytesMax = payloadBytesMax + 32

    /// What the entry says of the sealed bytes: their SHA-256.
    public var digest: Digest { SHA256.hash(bytes) }

    /// Seals `payload` under a fresh key and salt.
    ///
    /// - Throws: ``SealingError/tooLong(payloadBytes:limit:)``.
    public init(
        sealing payload: [UInt8], ledger: LedgerID, random: RandomBytes
    ) throws(SealingError) {
        guard payload.count <= SealedPayload.payloadBytesMax else {
            throw .tooLong(payloadBytes: payload.count, limit: SealedPayload.payloadBytesMax)
        }
        let key = PayloadKey(random: random)
        do throws(CryptographyError) {
            commitment = try PayloadCommitment.commit(
                to: payload, salt: key.salt, ledger: ledger)
            // The content key is used for this one text, so its nonce may be constant.
            let ciphertext = try AESGCM.seal(
                payload, key: key.contentKey, nonce: SealedPayload.nonce,
                associatedData: SealedPayload.associatedData(ledger, commitment))
            var writer = CBORWriter(reservingCapacity: ciphertext.count + 8)
            writer.array(2)
            writer.unsigned(SealedPayload.version)
            writer.bytes(ciphertext)
            bytes = writer.bytes
        } catch {
            throw .cryptography(error)
        }
        self.key = key
    }

    /// The payload inside `sealed`, if it is the one that `commitment` was made for.
    ///
    /// - Throws: ``SealingError/encoding(_:)``, ``SealingError/sealedPayload(commitment:)``, or
    ///   ``SealingError/commitment(computed:expected:)`` where it opens and is another payload.
    public static func open(
        _ sealed: ArraySlice<UInt8>, key: PayloadKey, ledger: LedgerID, commitment: Digest
    ) throws(SealingError) -> [UInt8] {
        let payload: [UInt8]
        let ciphertext = try ciphertext(of: sealed)
        do throws(CryptographyError) {
            payload = try AESGCM.open(
                ciphertext, key: key.contentKey, nonce: nonce,
                associatedData: associatedData(ledger, commitment))
        } catch {
            throw .sealedPayload(commitment: commitment)
        }
        let computed: Digest
        do throws(CryptographyError) {
            computed = try PayloadCommitment.commit(
                to: payload, salt: key.salt, ledger: ledger)
        } catch {
            throw .cryptography(error)
        }
        guard computed == commitment else {
            throw .commitment(computed: computed, expected: commitment)
        }
        return payload
    }

    private static let version: UInt64 = 1
    private static let nonce = [UInt8](repeating: 0, count: AESGCM.nonceByteCount)

    private static func ciphertext(
        of sealed: ArraySlice<UInt8>
    ) throws(SealingError) -> ArraySlice<UInt8> {
        do throws(CBORError) {
            var reader = CBORReader(sealed)
            try reader.array(exactly: 2)
            let found = try reader.unsigned()
            guard found == version else {
                throw .version(offset: 1, found: found, supported: version)
            }
            let ciphertext = try reader.bytes(atMost: sealedBytesMax)
            try reader.finish()
            return ciphertext
        } catch {
            throw .encoding(error)
        }
    }

    private static func associatedData(_ ledger: LedgerID, _ commitment: Digest) -> [UInt8] {
        PayloadCommitment.domain + ledger.digest.bytes + commitment.bytes
    }
}
