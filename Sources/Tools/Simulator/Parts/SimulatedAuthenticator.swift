internal import Consensus
internal import Cryptography
internal import Primitives

/// How the replicas of a simulation sign.
public enum SignatureKind: String, CaseIterable, Sendable {
    /// A keyed hash in place of a signature: a hundredth of the cost, and nobody here forges.
    case mac
    /// ES256K, as a network uses.
    case real
}

/// One replica's signatures, real or cheap.
struct SimulatedAuthenticator: Authenticator {
    let key: SigningKey
    let kind: SignatureKind
    private let ownBytes: [UInt8]

    init(key: SigningKey, kind: SignatureKind) {
        self.key = key
        self.kind = kind
        ownBytes = key.publicKey.bytes
    }

    func sign(_ digest: Digest) -> Signature {
        switch kind {
        case .real: key.sign(digest)
        case .mac: SimulatedAuthenticator.mac(ownBytes, digest)
        }
    }

    func isValid(_ signature: Signature, for digest: Digest, by key: PublicKey) -> Bool {
        switch kind {
        case .real: key.isValid(signature, for: digest)
        case .mac: signature == SimulatedAuthenticator.mac(key.bytes, digest)
        }
    }

    private static func mac(_ key: [UInt8], _ digest: Digest) -> Signature {
        var bytes = key
        bytes.append(digest)
        let half = SHA256.hash(bytes).bytes
        guard let signature = try? Signature(half + half) else {
            preconditionFailure("64 bytes are a signature")
        }
        return signature
    }
}
