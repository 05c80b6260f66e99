import Consensus
import Cryptography
import Primitives

/// A keyed hash in the place of ES256K: the same seam that a simulator uses.
///
/// It is as unforgeable as the tests need, because a byzantine replica in them is handed its own
/// authenticator only.
struct MACAuthenticator: Authenticator {
    let key: PublicKey

    func sign(_ digest: Digest) -> Signature {
        MACAuthenticator.mac(digest, key)
    }

    func isValid(_ signature: Signature, for digest: Digest, by key: PublicKey) -> Bool {
        signature == MACAuthenticator.mac(digest, key)
    }

    private static func mac(_ digest: Digest, _ key: PublicKey) -> Signature {
        let half = SHA256.hash(key.bytes + digest.bytes)
        guard let signature = try? Signature(half.bytes + SHA256.hash(half.bytes).bytes) else {
            preconditionFailure("two digests are 64 bytes")
        }
        return signature
    }
}

/// Names, keys and sets that the tests share.
enum Fixture {
    static let ledger = LedgerID(SHA256.hash([UInt8]("a ledger for tests".utf8)))

    static func id(_ name: String) -> InstitutionID {
        guard let id = InstitutionID(name) else { preconditionFailure("bad name \(name)") }
        return id
    }

    static func secretKey(_ name: String) -> SigningKey {
        let secret = SHA256.hash([UInt8]("secret of \(name)".utf8)).bytes
        guard let key = try? SigningKey(secret: secret) else {
            preconditionFailure("no key from \(name)")
        }
        return key
    }

    static func validators(_ powers: [(String, UInt64)]) -> ValidatorSet {
        let validators = powers.map { name, power in
            Validator(id: id(name), key: secretKey(name).publicKey, power: power)
        }
        do {
            return try ValidatorSet(validators)
        } catch {
            preconditionFailure("\(error)")
        }
    }

    static func authenticator(_ name: String) -> MACAuthenticator {
        MACAuthenticator(key: secretKey(name).publicKey)
    }

    static let parameters = ReplicaParameters(
        proposeTimeout: 300, voteTimeout: 100, timeoutGrowth: 50, timeoutCap: 500,
        clockPrecision: 50, messageDelay: 200)

    /// A block that is its own name, so that tests can tell blocks apart.
    static func block(_ name: String) -> (id: BlockID, bytes: [UInt8]) {
        let bytes = [UInt8](name.utf8)
        return (BlockID(hash: SHA256.hash(bytes), treeRoot: SHA256.leaf(bytes)), bytes)
    }

    /// A vote signed by `voter`, or in its name by another.
    static func vote(
        _ kind: Vote.Kind, _ height: UInt64, _ round: UInt32, _ block: BlockID?, by voter: String,
        validRound: UInt32? = nil, signedBy signer: String? = nil
    ) -> Vote {
        let key = secretKey(signer ?? voter).publicKey
        func with(_ signature: Signature) -> Vote {
            Vote(
                kind: kind, height: Height(height), round: Round(round), voter: id(voter),
                block: block, validRound: validRound.map(Round.init), signature: signature)
        }
        let authenticator = MACAuthenticator(key: key)
        let unsigned = with(authenticator.sign(.zero))
        let digest = SigningBytes(ledger: ledger).digest(of: unsigned, key: key.keyID)
        return with(authenticator.sign(digest))
    }

    /// A proposal signed by `proposer`, whether it is its turn or not.
    static func proposal(
        _ height: UInt64, _ round: UInt32, _ name: String, by proposer: String,
        validRound: UInt32? = nil, byteCount: Int? = nil
    ) -> Proposal {
        let key = secretKey(proposer).publicKey
        var block = block(name)
        if let byteCount { block.bytes += [UInt8](repeating: 0, count: byteCount) }
        func with(_ signature: Signature) -> Proposal {
            Proposal(
                height: Height(height), round: Round(round), validRound: validRound.map(Round.init),
                blockID: block.id, block: block.bytes, signature: signature)
        }
        let authenticator = MACAuthenticator(key: key)
        let unsigned = with(authenticator.sign(.zero))
        let digest = SigningBytes(ledger: ledger).digest(of: unsigned, key: key.keyID)
        return with(authenticator.sign(digest))
    }
}
