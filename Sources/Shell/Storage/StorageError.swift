public import Primitives

/// Why the disk, or what lies on it, cannot be used.
public enum StorageError: Error, Equatable, Sendable {
    /// Something that must be there is not.
    case notFound(path: String, what: String)
    /// Bytes on the disk are not those that were written.
    case corruption(path: String, detail: String)
    /// The operating system refused; nothing of the write may be relied upon.
    case io(path: String, detail: String)
    /// The disk is full, or a quota is used up.
    case noSpace(path: String, detail: String)
    /// Another process, or another part of this one, has it open.
    case locked(path: String)
    /// The operating system does not let this user do it.
    case permissionDenied(path: String, detail: String)
    /// The directory holds another ledger than the one asked for.
    case otherLedger(path: String, found: String, expected: String)
    /// The directory was written in a format that this build cannot read.
    case formatVersion(path: String, found: String, supported: Int)
    /// A record, key or value is longer than its limit.
    case tooLarge(path: String, byteCount: Int, limit: Int)
    /// The engine was asked for something it does not do.
    case refused(path: String, detail: String)
    /// What is asked for was deleted on purpose: from the second height on it is here.
    case pruned(Height, keptFrom: Height)
    /// An earlier synced write failed, and nothing more is written until a restart.
    case stopped(path: String)
}

extension StorageError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notFound(let path, let what):
            "\(path): \(what) is not there"
        case .corruption(let path, let detail):
            "\(path): the bytes on the disk are damaged (\(detail)); `custos repair` sets a "
                + "damaged log, index or ledger aside, and the node fetches what it lacks "
                + "from its peers"
        case .io(let path, let detail):
            "\(path): the disk refused (\(detail))"
        case .noSpace(let path, let detail):
            "\(path): the disk is full (\(detail)); free some space and start again, "
                + "nothing acknowledged is lost"
        case .locked(let path):
            "\(path): in use by another process; stop that one first"
        case .permissionDenied(let path, let detail):
            "\(path): not permitted (\(detail)); the user that runs the node must own it"
        case .otherLedger(let path, let found, let expected):
            "\(path): holds ledger \(found), but this node runs ledger \(expected); "
                + "give it a directory of its own"
        case .formatVersion(let path, let found, let supported):
            "\(path): written in format \(found); this build reads format \(supported)"
        case .tooLarge(let path, let byteCount, let limit):
            "\(path): \(byteCount) bytes in one record, at most \(limit) are allowed"
        case .refused(let path, let detail):
            "\(path): refused (\(detail))"
        case .pruned(let height, let keptFrom):
            "the entries of block \(height) are pruned on this node, which keeps them from block "
                + "\(keptFrom) on; ask another node, or look into the archive that was made of them"
        case .stopped(let path):
            "\(path): a synced write failed earlier, so nothing more is written; restart the node"
        }
    }
}

extension StorageError {
    /// The error that a text of LevelDB's C API stands for.
    ///
    /// The C API hands out text only. A text begins with the kind (`include/leveldb/status.h`) and,
    /// for an I/O error, ends with what `strerror` says in the C locale.
    init(levelDB text: String, path: String) {
        func rest(after prefix: String) -> String? {
            guard text.hasPrefix(prefix) else { return nil }
            return String(text.dropFirst(prefix.count))
        }
        if let detail = rest(after: "NotFound: ") {
            self = .notFound(path: path, what: detail)
        } else if let detail = rest(after: "Corruption: ") {
            self = .corruption(path: path, detail: detail)
        } else if let detail = rest(after: "Invalid argument: ") {
            self = .refused(path: path, detail: detail)
        } else if let detail = rest(after: "Not implemented: ") {
            self = .refused(path: path, detail: detail)
        } else if let detail = rest(after: "IO error: ") {
            self = StorageError(ioDetail: detail, path: path)
        } else {
            self = .io(path: path, detail: text)
        }
    }

    private init(ioDetail detail: String, path: String) {
        if detail.hasPrefix("lock ")
            || detail.hasSuffix("already held by process")
        {
            self = .locked(path: path)
        } else if detail.hasSuffix("No space left on device")
            || detail.hasSuffix("Disk quota exceeded")
        {
            self = .noSpace(path: path, detail: detail)
        } else if detail.hasSuffix("Permission denied")
            || detail.hasSuffix("Read-only file system")
        {
            self = .permissionDenied(path: path, detail: detail)
        } else {
            self = .io(path: path, detail: detail)
        }
    }
}
