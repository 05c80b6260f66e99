internal import Cryptography
public import Primitives

/// The key k_R of a region: what the ledger calls a practitioner.
public struct RegionKey: Hashable, Sendable {
    private let secret: SecretBytes

    /// The key with these bytes, or nil unless there are 32.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == PatientKey.byteCount else { return nil }
        secret = SecretBytes(bytes)
    }

    /// A fresh key.
    public init(random: RandomBytes) {
        secret = SecretBytes(random.bytes(PatientKey.byteCount))
    }

    /// The ledger id of the practitioner with this identifier in the region's register.
    public func practitioner(_ identifier: String) -> OpaqueID {
        opaqueID("custos practitioner", identifier, key: secret.bytes)
    }

    /// The 32 bytes, for the file that keeps them.
    public var bytes: [UInt8] { secret.bytes }
}

/// The key k_I of an issuing institution: what the ledger calls its claims and prescriptions.
public struct IssuerKey: Hashable, Sendable {
    private let secret: SecretBytes

    /// The key with these bytes, or nil unless there are 32.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == PatientKey.byteCount else { return nil }
        secret = SecretBytes(bytes)
    }

    /// A fresh key.
    public init(random: RandomBytes) {
        secret = SecretBytes(random.bytes(PatientKey.byteCount))
    }

    /// The ledger id of the claim with this identifier in the issuer's own system.
    public func claim(_ identifier: String) -> OpaqueID {
        opaqueID("custos claim", identifier, key: secret.bytes)
    }

    /// The ledger id of the prescription with this identifier in the issuer's own system.
    public func prescription(_ identifier: String) -> OpaqueID {
        opaqueID("custos prescription", identifier, key: secret.bytes)
    }

    /// The 32 bytes, for the file that keeps them.
    public var bytes: [UInt8] { secret.bytes }
}

/// The first 16 bytes of HMAC-SHA-256 over a domain and the UTF-8 of an identifier.
///
/// No domain is the start of another, so no two of them hash the same bytes.
private func opaqueID(_ domain: String, _ identifier: String, key: [UInt8]) -> OpaqueID {
    OpaqueID(
        prefixOf: HMACSHA256.authenticate(Array(domain.utf8) + Array(identifier.utf8), key: key))
}
