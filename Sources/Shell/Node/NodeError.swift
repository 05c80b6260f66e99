public import Hosting
internal import Primitives
public import Records
public import Storage
public import Transport

/// Why a node does not start, or stopped.
public enum NodeError: Error, Sendable {
    /// The configuration file cannot be used.
    case configuration(path: String, detail: String)
    /// The genesis file cannot be used.
    case genesis(path: String, detail: String)
    /// A key file is not what it should be.
    case key(path: String, detail: String)
    /// Others than the owner may read a secret.
    case keyOpenToOthers(path: String)
    /// Another process votes, or numbers entries, with the same key.
    case keyInUse(path: String)
    case storage(StorageError)
    case transport(TransportError)
    /// A part of the directory is damaged, and the node can start without it.
    case damagedPart(Repair.Part, detail: String)
    /// What lies in the directory does not fit together; nothing is signed over it.
    case damaged(what: String, detail: String)
    /// The directory does not say what the consensus key signed last.
    case neverSigned(path: String)
    /// A node was to be made anew where one has worked.
    case notNew(path: String)
    /// A stream's outbox and the ledger contradict each other.
    case outbox(StreamID, OutboxError)
    /// Going on could break what was promised.
    case halted(reason: String)
}

extension NodeError {
    /// What the disk said of a part: damage to it names the command that sets it aside.
    init(_ error: StorageError, of part: Repair.Part) {
        guard case .corruption(let path, let detail) = error else {
            self = .storage(error)
            return
        }
        self = .damagedPart(part, detail: "\(path): \(detail)")
    }
}

extension NodeError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .configuration(let path, let detail): "\(path): \(detail)"
        case .genesis(let path, let detail): "\(path): no genesis that can be used: \(detail)"
        case .key(let path, let detail): "\(path): \(detail)"
        case .keyOpenToOthers(let path):
            "\(path): others may read this secret; run chmod 600 on it"
        case .keyInUse(let path):
            "\(path): another process runs with this key; two of them could sign two votes for "
                + "one round, or two entries under one number, which convicts the institution"
        case .storage(let error): "\(error)"
        case .transport(let error): "\(error)"
        case .damagedPart(let part, let detail):
            "what lies on the disk is damaged: \(detail); "
                + "`custos repair \(part.rawValue)` sets it aside, and then \(part.consequence)"
        case .damaged(let what, let detail):
            "\(what) is damaged: \(detail); restore the directory from a copy, or set it aside "
                + "with `custos repair` and let the node fetch the blocks from its peers"
        case .neverSigned(let path):
            "\(path) is not there: this directory does not say what the consensus key signed "
                + "last. Where the key has never signed, make it with `custos node --create`"
        case .notNew(let path):
            "\(path) is there: a node has worked in this directory, and a new one would sign and "
                + "number again what it did; start it without --create, or name an empty directory"
        case .outbox(let stream, let error): "outbox of stream \(stream): \(error)"
        case .halted(let reason): "stopped, because going on could break a promise: \(reason)"
        }
    }
}
