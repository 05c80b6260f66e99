internal import Crypto
internal import Cryptography
internal import Foundation
internal import Primitives

/// The key shared by issuer and one recipient for one batch, and how payload keys go under it.
///
/// HPKE (RFC 9180, base mode) agrees on it once a batch, and everything else is AES-256-GCM: a
/// wrap costs about a microsecond, an encapsulation about a hundred.
struct WrappingKey {
    /// What the recipient needs to agree on the same key.
    let encapsulation: [UInt8]
    private let key: SecretBytes
    private let names: [UInt8]

    /// How many bytes an encapsulation has.
    static let encapsulationByteCount = 32
    /// How many bytes a wrapped payload key has.
    static let wrappedByteCount = PayloadKey.byteCount + AESGCM.tagByteCount

    /// Between whom the key is agreed on.
    struct Parties {
        let ledger: LedgerID
        let issuer: InstitutionID
        let recipient: InstitutionID

        /// Ledger, issuer and recipient in bytes that no other three have.
        var names: [UInt8] {
            var bytes = ledger.digest.bytes
            bytes += Array(issuer.name.utf8)
            bytes.append(0)
            bytes += Array(recipient.name.utf8)
            return bytes
        }

        var info: Data { Data(Array("custos delivery".utf8) + names) }
    }

    /// Agrees on a fresh key with the holder of `publicKey`.
    ///
    /// The ephemeral key is drawn by the library: HPKE lets no caller choose it.
    init(sealingTo publicKey: SealPublicKey, _ parties: Parties) throws(SealingError) {
        do {
            let sender = try HPKE.Sender(
                recipientKey: Curve25519.KeyAgreement.PublicKey(
                    rawRepresentation: publicKey.bytes),
                ciphersuite: WrappingKey.suite, info: parties.info)
            encapsulation = [UInt8](sender.encapsulatedKey)
            key = try WrappingKey.bytes(
                of: sender.exportSecret(
                    context: WrappingKey.exportContext, outputByteCount: AESGCM.keyByteCount))
        } catch {
            throw .sealKey(hex: publicKey.bytes.hex)
        }
        names = parties.names
    }

    /// Agrees on the key that the issuer encapsulated for the holder of `secretKey`.
    ///
    /// HPKE in base mode agrees on some key for any encapsulation; a wrong one shows when the
    /// first wrapped key does not open.
    init(
        opening encapsulation: [UInt8], with secretKey: SealSecretKey, _ parties: Parties
    ) throws(SealingError) {
        _ = try SealPublicKey(encapsulation)
        do {
            let recipient = try HPKE.Recipient(
                privateKey: secretKey.key, ciphersuite: WrappingKey.suite,
                info: parties.info, encapsulatedKey: Data(encapsulation))
            key = try WrappingKey.bytes(
                of: recipient.exportSecret(
                    context: WrappingKey.exportContext, outputByteCount: AESGCM.keyByteCount))
        } catch {
            throw .sealKey(hex: encapsulation.hex)
        }
        self.encapsulation = encapsulation
        names = parties.names
    }

    /// The payload key of entry `number`, wrapped; each number is wrapped once under one key.
    func wrap(
        _ payloadKey: PayloadKey, number: UInt64, commitment: Primitives.Digest
    ) throws(SealingError) -> [UInt8] {
        do throws(CryptographyError) {
            return try AESGCM.seal(
                payloadKey.bytes, key: key.bytes, nonce: WrappingKey.nonce(number),
                associatedData: associatedData(commitment))
        } catch {
            throw .cryptography(error)
        }
    }

    /// The payload key of entry `number`.
    ///
    /// - Throws: ``SealingError/wrappedKey(number:)``.
    func unwrap(
        _ wrapped: ArraySlice<UInt8>, number: UInt64, commitment: Primitives.Digest
    ) throws(SealingError) -> PayloadKey {
        let opened = try? AESGCM.open(
            wrapped, key: key.bytes, nonce: WrappingKey.nonce(number),
            associatedData: associatedData(commitment))
        guard let opened, let payloadKey = PayloadKey(bytes: opened) else {
            throw .wrappedKey(number: number)
        }
        return payloadKey
    }

    private func associatedData(_ commitment: Primitives.Digest) -> [UInt8] {
        var bytes = names
        bytes.append(0)
        bytes += commitment.bytes
        return bytes
    }

    private static let suite = HPKE.Ciphersuite(
        kem: .Curve25519_HKDF_SHA256, kdf: .HKDF_SHA256, aead: .AES_GCM_256)
    private static let exportContext = Array("custos wrap".utf8)

    private static func nonce(_ number: UInt64) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: AESGCM.nonceByteCount)
        for index in 0..<8 {
            bytes[4 + index] = UInt8(truncatingIfNeeded: number >> UInt64(56 - index * 8))
        }
        return bytes
    }

    private static func bytes(of key: SymmetricKey) -> SecretBytes {
        SecretBytes(unsafe key.withUnsafeBytes { unsafe [UInt8]($0) })
    }
}
