import Consensus
import Cryptography
import Primitives
import Synchronization

/// A member's consensus key, which counts how many signatures it is asked to check.
final class CountingAuthenticator: Authenticator {
    private let authenticator: KeyAuthenticator
    private let checks = Mutex(0)

    init(_ name: String) throws {
        authenticator = KeyAuthenticator(key: try Region.key("\(name) consensus"))
    }

    /// How many were checked since this was asked last.
    func takeCount() -> Int {
        checks.withLock { count in
            defer { count = 0 }
            return count
        }
    }

    func sign(_ digest: Digest) -> Signature { authenticator.sign(digest) }

    func holds(_ key: PublicKey) -> Bool { authenticator.holds(key) }

    func isValid(_ signature: Signature, for digest: Digest, by key: PublicKey) -> Bool {
        checks.withLock { $0 += 1 }
        return authenticator.isValid(signature, for: digest, by: key)
    }
}
