internal import Ledger
internal import Storage

/// Sets damaged parts of a stopped node's data aside, so that it can start without them.
///
/// What the consensus key signed last is never set aside: a replica whose log or blocks are gone
/// still signs nothing twice, and fetches what it lacks from its peers.
public enum Repair {
    /// What can be set aside.
    public enum Part: String, CaseIterable, Sendable {
        /// The log of the height under way. Nothing that was acknowledged is in it alone.
        case log
        /// The blocks, and the entry index over them: they are fetched from the peers again.
        case blocks
        /// The entry index alone: it is filled from the blocks at the start.
        case index
        /// The outboxes: what was acknowledged and is not on the ledger is handed in again by
        /// whoever has it, and numbering waits until all that was signed has expired.
        case outbox
    }

    /// Renames what belongs to the part; returns the new paths, of which nothing is deleted.
    ///
    /// - Throws: ``NodeError/storage(_:)``, with `locked` where the node runs.
    public static func setAside(
        _ part: Part, of configuration: NodeConfiguration
    ) throws(NodeError) -> [String] {
        let ledger = try NodeSetup.genesis(configuration.genesis).ledger
        return try LedgerCheck.storage { () throws(StorageError) in
            let directory = try DataDirectory(configuration.data, ledger: ledger)
            let names = part == .blocks ? ["blocks", "index"] : [part.rawValue]
            var paths: [String] = []
            for name in names where Directory.exists(directory.path(of: name)) {
                var number = 1
                while Directory.exists(directory.path(of: "\(name).aside-\(number)")) {
                    number += 1
                }
                try Directory.rename(
                    name, to: "\(name).aside-\(number)", in: configuration.data)
                paths.append(directory.path(of: "\(name).aside-\(number)"))
            }
            guard !paths.isEmpty else {
                throw .notFound(path: directory.path(of: names[0]), what: "what is to be set aside")
            }
            try Directory.sync(configuration.data)
            return paths
        }
    }
}
