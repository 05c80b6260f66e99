internal import Consensus
internal import Cryptography
internal import Ledger
internal import Primitives
internal import Records
internal import Sealing
internal import Storage
internal import Synchronization
internal import Transport

/// The keys that a node signs and shows itself with, by role: several of a role where the ledger is
/// to change one.
///
/// Which of them is used, the ledger says: the one that it names for the height under way. A key
/// that it does not name is not used, and is no mistake: the node may be behind.
final class Keyring: Authenticator {
    private struct Held {
        var consensus: [PublicKey: SigningKey] = [:]
        var submit: [StreamID: [SigningKey]] = [:]
        /// In the configuration's order; at least one.
        var identities: [TLSIdentity] = []
        /// The public keys of the seal secrets, which the desk has.
        var seals: [[UInt8]] = []
        /// The place of the identity that is shown.
        var shown = 0
    }

    private let held: Mutex<Held>

    /// Reads the files that a configuration names.
    init(_ keys: NodeConfiguration.Keys) throws(NodeError) {
        var held = Held()
        for path in keys.consensusPaths {
            let key = try SecretKeyFile.read(path)
            held.consensus[key.publicKey] = key
        }
        for (name, path) in keys.submitPaths {
            guard let number = UInt16(name) else {
                throw .configuration(
                    path: NodeConfiguration.fileName,
                    detail: "keys.submit must be named by streams, 0 to 65535, not \(name)")
            }
            held.submit[StreamID(number), default: []].append(try SecretKeyFile.read(path))
        }
        for (certificate, key) in keys.tlsPaths {
            held.identities.append(try Keyring.identity(certificate, key))
        }
        for secret in try keys.sealKeys() {
            if let key = try? secret.publicKey { held.seals.append(key.bytes) }
        }
        self.held = Mutex(held)
    }

    /// Takes in the keys of another ring that are not here yet.
    func add(_ other: Keyring) {
        let new = other.held.withLock { $0 }
        held.withLock { held in
            held.consensus.merge(new.consensus) { old, _ in old }
            for (stream, keys) in new.submit {
                let known = Set(held.submit[stream, default: []].map(\.publicKey))
                held.submit[stream, default: []] += keys.filter { !known.contains($0.publicKey) }
            }
            for identity in new.identities {
                // A certificate that was renewed on the same key takes the place of the old one.
                if let place = held.identities.firstIndex(where: { $0.pin == identity.pin }) {
                    held.identities[place] = identity
                } else {
                    held.identities.append(identity)
                }
            }
            held.seals += new.seals.filter { !held.seals.contains($0) }
        }
    }

    /// The keys that vote or number entries, with words that say which each is.
    var signers: [(key: PublicKey, words: String)] {
        let held = held.withLock { $0 }
        let voters = held.consensus.keys.map { ($0, "the consensus key \($0.bytes.hex)") }
        let submitters = held.submit.flatMap { stream, keys in
            keys.map {
                ($0.publicKey, "the submit key of stream \(stream), \($0.publicKey.bytes.hex)")
            }
        }
        return (voters + submitters).sorted { $0.1 < $1.1 }
    }

    /// Whether there is a key that could vote.
    var hasVote: Bool { held.withLock { !$0.consensus.isEmpty } }

    /// The streams that there are keys for, increasing.
    var streams: [StreamID] { held.withLock { $0.submit.keys.sorted() } }

    /// The secret of the key that the ledger names for a stream.
    func submitKey(_ stream: StreamID, of member: Institution?) -> SigningKey? {
        guard let named = member?.submitKey(stream) else { return nil }
        return held.withLock { $0.submit[stream]?.first { $0.publicKey == named } }
    }

    func holds(_ key: PublicKey) -> Bool { held.withLock { $0.consensus[key] != nil } }

    func sign(_ digest: Digest, as key: PublicKey) -> Signature {
        guard let secret = held.withLock({ $0.consensus[key] }) else {
            preconditionFailure("asked to sign with a key that is not held")
        }
        return secret.sign(digest)
    }

    func sign(_ digest: Digest) -> Signature {
        preconditionFailure("asked to sign without being told with which key")
    }

    func isValid(_ signature: Signature, for digest: Digest, by key: PublicKey) -> Bool {
        key.isValid(signature, for: digest)
    }

    /// The identity to show where the ledger names this pin; the present one where it names none
    /// that is here.
    func identity(named pin: Digest?) -> TLSIdentity {
        held.withLock { held in
            if let place = held.identities.firstIndex(where: { $0.pin == pin }) {
                held.shown = place
            }
            return held.identities[held.shown]
        }
    }

    /// When the certificate ends that is shown where the ledger names this pin; nil where it tells
    /// no time.
    func notAfter(named pin: Digest?) -> Timestamp? {
        held.withLock { held in
            let named = held.identities.first { $0.pin == pin }
            return (named ?? held.identities[held.shown]).notAfter
        }
    }

    /// The identity to try where nobody takes the present one, or nil where there is no other.
    func nextIdentity() -> TLSIdentity? {
        held.withLock { held in
            guard held.identities.count > 1 else { return nil }
            held.shown = (held.shown + 1) % held.identities.count
            return held.identities[held.shown]
        }
    }

    /// What the ledger names for this institution and what is not here, in words for the operator.
    func wants(_ member: Institution?) -> [String] {
        guard let member else {
            return ["the ledger, as far as it is known here, does not have this institution"]
        }
        let held = held.withLock { $0 }
        var words: [String] = []
        if let key = member.consensusKey, held.consensus[key] == nil, !held.consensus.isEmpty {
            words.append("consensus key: none that is here is the ledger's; no votes are signed")
        }
        for (stream, keys) in held.submit.sorted(by: { $0.key < $1.key }) {
            guard let key = member.submitKey(stream) else {
                words.append("stream \(stream): the ledger names no submit key for it")
                continue
            }
            if !keys.contains(where: { $0.publicKey == key }) {
                words.append("submit key of stream \(stream): none that is here is the ledger's")
            }
        }
        if let pin = member.tlsPin, !held.identities.contains(where: { $0.pin == pin }) {
            words.append("TLS key: none that is here has the ledger's pin; peers may refuse it")
        }
        if let key = member.sealKey, !held.seals.isEmpty, !held.seals.contains(key) {
            words.append("seal key: none that is here is the ledger's; payloads cannot be opened")
        }
        return words
    }

    private static func identity(
        _ certificate: String, _ key: String
    ) throws(NodeError) -> TLSIdentity {
        try SecretKeyFile.checkMode(key)
        do {
            return try TLSIdentity(
                certificatePEM: String(
                    decoding: try SmallFile.read(certificate), as: UTF8.self),
                privateKeyPEM: String(decoding: try SmallFile.read(key), as: UTF8.self))
        } catch let error as StorageError {
            throw .storage(error)
        } catch {
            throw .key(path: key, detail: "\(error)")
        }
    }
}

/// The file of a consensus key, held for this process: two that vote with one key are refused.
final class KeyLock: Sendable {
    private let lock: FileLock

    var identity: FileIdentity { lock.identity }

    init(_ path: String) throws(NodeError) {
        do throws(StorageError) {
            lock = try FileLock(path)
        } catch {
            if case .locked = error { throw .keyInUse(path: path) }
            throw .storage(error)
        }
    }
}
