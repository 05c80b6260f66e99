internal import Crypto
internal import Cryptography
internal import Foundation
public import Primitives

/// A message from one institution that only another can open: HPKE, base mode, in one shot.
///
/// ```
/// sealed message = encapsulation, 32 || ciphertext and tag
/// info           = "custos " || use || 0x00 || ledger id || sender || 0x00 || recipient
/// ```
///
/// Who sent it is known from the connection that it came over, as for deliveries.
/// Source: RFC 9180, section 6.1; DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
public struct SealedMessage: Sendable {
    /// What the message is for, a phrase: a message for one use does not open as another.
    public let use: String
    public let ledger: LedgerID
    public let sender: InstitutionID
    public let recipient: InstitutionID

    public init(
        use: String, ledger: LedgerID, sender: InstitutionID, recipient: InstitutionID
    ) {
        self.use = use
        self.ledger = ledger
        self.sender = sender
        self.recipient = recipient
    }

    /// Seals a message to the holder of `publicKey`.
    ///
    /// - Throws: ``SealingError/sealKey(hex:)`` for a key that agrees on nothing.
    public func seal(
        _ message: [UInt8], to publicKey: SealPublicKey
    ) throws(SealingError) -> [UInt8] {
        do {
            var sender = try HPKE.Sender(
                recipientKey: Curve25519.KeyAgreement.PublicKey(
                    rawRepresentation: publicKey.bytes),
                ciphersuite: SealedMessage.suite, info: info)
            return [UInt8](sender.encapsulatedKey) + (try sender.seal(Data(message)))
        } catch {
            throw .sealKey(hex: publicKey.bytes.hex)
        }
    }

    /// Opens a message with the recipient's key.
    ///
    /// - Throws: ``SealingError/notForUs(_:number:)`` where it was altered, is for somebody else
    ///   or for another use.
    public func open(
        _ sealed: [UInt8], with secretKey: SealSecretKey
    ) throws(SealingError) -> [UInt8] {
        let count = WrappingKey.encapsulationByteCount
        guard sealed.count >= count + AESGCM.tagByteCount else {
            throw .notForUs(recipient, number: nil)
        }
        _ = try SealPublicKey(sealed[..<count])
        do {
            var opener = try HPKE.Recipient(
                privateKey: secretKey.key, ciphersuite: SealedMessage.suite, info: info,
                encapsulatedKey: Data(sealed[..<count]))
            return [UInt8](try opener.open(Data(sealed[count...])))
        } catch {
            throw .notForUs(recipient, number: nil)
        }
    }

    private var info: Data {
        var bytes = Array("custos \(use)".utf8) + [0] + ledger.digest.bytes
        bytes += Array(sender.name.utf8) + [0] + Array(recipient.name.utf8)
        return Data(bytes)
    }

    private static let suite = HPKE.Ciphersuite(
        kem: .Curve25519_HKDF_SHA256, kdf: .HKDF_SHA256, aead: .AES_GCM_256)
}
