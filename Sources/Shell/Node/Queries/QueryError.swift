internal import Primitives
internal import Storage

/// Why a question about the ledger has no answer here.
enum QueryError: Error {
    case storage(StorageError)
    case noEntry(String)
    case noBlock(Height)
    case noTree(size: UInt64, since: UInt64)
    case noStateMap
    case noLeafHashes
    case damaged(String)
    case notForReading
}

extension QueryError {
    /// What whoever asks is told; begins with ``NodeClient/prunedPrefix`` where entries are gone.
    var answer: String {
        if case .storage(.pruned) = self { return NodeClient.prunedPrefix + "\(self)" }
        return "\(self)"
    }
}

extension QueryError: CustomStringConvertible {
    var description: String {
        switch self {
        case .storage(let error): "\(error)"
        case .noEntry(let which): "there is no entry \(which) on this node's ledger"
        case .noBlock(.genesis): "no block was committed yet; ask again when one was"
        case .noBlock(let height): "there is no block \(height) on this node's disk"
        case .noTree(let size, let since):
            "a ledger tree of \(size) entries on this node has no start of \(since) entries"
        case .noStateMap:
            "this ledger keeps no state map (parameter `index`), so nothing can be proved by it"
        case .noLeafHashes:
            "this node does not find entries by leaf hash; set `findsByLeafHash` in node.json"
        case .damaged(let what): "\(what) is damaged on this node's disk"
        case .notForReading: "not a question about what is on the disk"
        }
    }
}

/// Says what a failure of the disk is to whoever asks.
func queryStorage<Value>(
    _ read: () throws(StorageError) -> Value
) throws(QueryError) -> Value {
    do throws(StorageError) {
        return try read()
    } catch {
        throw .storage(error)
    }
}
