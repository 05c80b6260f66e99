public import Cryptography
public import Primitives
public import Storage

/// Why a payload cannot be sealed or opened, or a secret cannot be kept or found.
public enum SealingError: Error, Equatable, Sendable {
    /// The bytes are no X25519 key, or one that agrees on nothing.
    case sealKey(hex: String)
    /// An institution stands twice among recipients, or is none of the batch.
    case recipient(InstitutionID)
    /// The numbers of a delivery must increase, from its first number on.
    case number(UInt64, after: UInt64)
    /// The payload is longer than what is sealed.
    case tooLong(payloadBytes: Int, limit: Int)

    /// The bytes are no delivery or sealed payload.
    case encoding(CBORError)
    /// The delivery is of another ledger.
    case otherLedger(found: LedgerID, expected: LedgerID)
    /// The delivery has no key for this institution: for all of it, or for entry `number`.
    case notForUs(InstitutionID, number: UInt64?)
    /// The wrapped key is not for us, or for another entry, or was altered.
    case wrappedKey(number: UInt64)
    /// The sealed payload was altered, or the key is another payload's.
    case sealedPayload(commitment: Digest)
    /// Payload and salt are not those that the entry committed to: evidence against the issuer.
    case commitment(computed: Digest, expected: Digest)

    /// A cryptographic operation was given something of the wrong form.
    case cryptography(CryptographyError)
    /// The disk, or what lies on it, cannot be used.
    case storage(StorageError)
    /// Secrets are there without the node key that opens them, or of a generation not kept here.
    case nodeKeyMissing(path: String, generation: UInt64)
    /// Bytes of a secrets file are not those that were written.
    case damaged(path: String, detail: String)
}

extension SealingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .sealKey(let hex):
            "not a usable X25519 key (32 bytes): \(hex)"
        case .recipient(let id):
            "\(id) stands twice among the recipients, or is not one of this batch"
        case .number(let number, let after):
            "entry \(number) cannot follow \(after) in one delivery; numbers must increase"
        case .tooLong(let payloadBytes, let limit):
            "a payload of \(payloadBytes) bytes; at most \(limit) are sealed"
        case .encoding(let error):
            "not a delivery: \(error)"
        case .otherLedger(let found, let expected):
            "a delivery of ledger \(found); this node is part of \(expected)"
        case .notForUs(let id, nil):
            "the delivery is not addressed to \(id)"
        case .notForUs(let id, let number?):
            "the delivery has no key for \(id) to entry \(number)"
        case .wrappedKey(let number):
            "the key to entry \(number) does not open: not wrapped for us, or altered"
        case .sealedPayload(let commitment):
            "the sealed payload does not open under the key of commitment \(commitment)"
        case .commitment(let computed, let expected):
            "the payload has commitment \(computed), but its entry says \(expected)"
        case .cryptography(let error): error.description
        case .storage(let error): error.description
        case .nodeKeyMissing(let path, let generation):
            "\(path): no node key of generation \(generation); put the key folder back that "
                + "belongs to these secrets"
        case .damaged(let path, let detail):
            "\(path): damaged (\(detail)); restore it from a copy together with its node key"
        }
    }
}
