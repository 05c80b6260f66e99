internal import Cryptography
internal import Primitives
internal import Storage
internal import Synchronization

/// Holds the keys that a node votes and numbers entries with, by what they are, for one process.
///
/// ``KeyLock`` holds a file. A copy of it elsewhere, or one submit key that was given to two nodes,
/// is the same key and could sign a second vote for one round, or a second entry under one number;
/// so what is held here is the public key's name. Only on one machine: between machines nothing
/// can. A program that runs one node has one of these; whoever runs several in one process, as
/// tests do, knows whose keys they have.
public final class KeyNames: Sendable {
    private let held = Mutex<[PublicKey: NameLock]>([:])

    public init() {}

    /// Takes those keys of a ring that vote or number and are not held yet: all of them, or none.
    ///
    /// - Throws: ``NodeError/keyInUse(path:)`` where another process of this machine has one.
    func take(_ keyring: Keyring) throws(NodeError) {
        try held.withLock { (held) throws(NodeError) in
            var taken: [PublicKey: NameLock] = [:]
            for (key, words) in keyring.signers where held[key] == nil && taken[key] == nil {
                do throws(StorageError) {
                    taken[key] = try NameLock("custos key \(key.bytes.hex)")
                } catch {
                    if case .locked = error { throw .keyInUse(path: words) }
                    throw .storage(error)
                }
            }
            held.merge(taken) { old, _ in old }
        }
    }
}

extension NodeSetup {
    /// Reads what a configuration names, and holds its keys.
    init(_ configuration: NodeConfiguration, holding names: KeyNames?) throws(NodeError) {
        try self.init(configuration)
        try names?.take(keyring)
    }
}
