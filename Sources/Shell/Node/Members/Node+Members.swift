internal import Glibc
internal import Ledger
internal import Logging
internal import Primitives
internal import Storage
internal import Synchronization
internal import Transport

/// What a node does when the ledger's members change, and when its operator changes its files.
extension Node {
    /// Carries to network and desk what the ledger says of its members now.
    static func spread(
        _ timeline: CharterTimeline, _ membership: Membership, _ keyring: Keyring,
        _ network: Network, _ desk: Inbox<DeskWorker.Input>, _ logger: Logger
    ) {
        membership.follow(timeline)
        desk.post(.charters(timeline))
        if let pin = membership.member?.tlsPin {
            show(keyring.identity(named: pin), network, logger)
        }
        network.recheck()
    }

    static func show(_ identity: TLSIdentity, _ network: Network, _ logger: Logger) {
        do throws(TransportError) {
            try network.show(identity)
        } catch {
            logger.note(
                .error, .identityChanged, "a TLS key cannot be used: \(error)",
                [.reason: "\(error)"])
        }
    }

    /// Takes over peers and further keys from a configuration that was read again; everything else
    /// in it counts from the next start on.
    ///
    /// - Throws: ``NodeError`` where a file cannot be used; then nothing has changed.
    public func reload(_ configuration: NodeConfiguration) throws(NodeError) {
        let (peers, pins) = try NodeSetup.peers(configuration, setup.institution)
        let keys = try Keyring(configuration.keys)
        let sealKeys = try configuration.keys.sealKeys()
        try names?.take(keys)
        let locks = try hold(configuration.keys.consensusPaths)
        setup.keyring.add(keys)
        Node.show(
            setup.keyring.identity(named: membership.member?.tlsPin), network, logger)
        membership.dial(peers, pins: pins)
        network.recheck()
        network.connect(to: peers)
        desk.post(.sealKeys(sealKeys))
        loop.post(.reloaded(locks))
    }

    /// Takes the files of keys that this node does not hold yet: all of them, or none.
    private func hold(_ paths: [String]) throws(NodeError) -> [KeyLock] {
        try heldKeys.withLock { (held) throws(NodeError) in
            var all = held
            var locks: [KeyLock] = []
            for path in paths {
                let identity: FileIdentity
                do throws(StorageError) {
                    identity = try File(path, flags: O_RDONLY).identity()
                } catch {
                    throw .storage(error)
                }
                guard all.insert(identity).inserted else { continue }
                locks.append(try KeyLock(path))
            }
            held = all
            return locks
        }
    }
}

/// Tries another TLS key where nobody takes the one that is shown.
///
/// When the ledger gives this institution a new key, its peers may refuse the old one before this
/// node has the block that says so: then it could never learn of it.
final class IdentityRescue: Sendable {
    private let failures = Mutex(0)
    private let limit: Int

    /// To be used by a node with so many peers.
    init(peerCount: Int) {
        limit = max(4, 2 * peerCount)
    }

    func noteConnected() {
        failures.withLock { $0 = 0 }
    }

    /// Notes an attempt in vain; says whether there were so many that another key is to be tried.
    func noteUnreachable() -> Bool {
        failures.withLock { failures in
            failures += 1
            guard failures >= limit else { return false }
            failures = 0
            return true
        }
    }
}
