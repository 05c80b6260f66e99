public import Cryptography
public import Primitives

/// How signatures are checked: the seam at which a simulator swaps ES256K for something that costs
/// less.
public protocol SignatureCheck: Sendable {
    /// Whether `key` made `signature` over `digest`.
    func isValid(_ signature: Signature, for digest: Digest, by key: PublicKey) -> Bool
}

/// How one replica's signatures are made, and all replicas' are checked.
///
/// Signing is deterministic: the same digest always gets the same signature (RFC 6979), so that
/// doing a step again cannot produce a second one.
public protocol Authenticator: SignatureCheck {
    /// This replica's signature over a digest.
    func sign(_ digest: Digest) -> Signature

    /// The same with the secret of this key, where there are several: the ledger says which of
    /// them votes at a height. Asked only for a key that ``holds(_:)`` is true of.
    func sign(_ digest: Digest, as key: PublicKey) -> Signature

    /// Whether it signs with the secret of this key: a replica whose key the ledger has replaced,
    /// or has not taken up yet, follows without voting.
    func holds(_ key: PublicKey) -> Bool
}

extension Authenticator {
    /// Where nothing else is said, whatever key the ledger names.
    public func holds(_ key: PublicKey) -> Bool { true }

    /// Where nothing else is said, there is one key.
    public func sign(_ digest: Digest, as key: PublicKey) -> Signature { sign(digest) }
}

/// ES256K (RFC 8812): what a network uses.
public struct KeyCheck: SignatureCheck {
    public init() {}

    public func isValid(_ signature: Signature, for digest: Digest, by key: PublicKey) -> Bool {
        key.isValid(signature, for: digest)
    }
}

/// ES256K with the replica's consensus key: what a network uses.
public struct KeyAuthenticator: Authenticator {
    private let key: SigningKey

    public init(key: SigningKey) {
        self.key = key
    }

    public func sign(_ digest: Digest) -> Signature {
        key.sign(digest)
    }

    public func holds(_ key: PublicKey) -> Bool {
        key == self.key.publicKey
    }

    public func isValid(_ signature: Signature, for digest: Digest, by key: PublicKey) -> Bool {
        key.isValid(signature, for: digest)
    }
}
