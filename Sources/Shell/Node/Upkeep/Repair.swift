internal import Ledger
internal import Storage

/// Sets damaged parts of a stopped node's data aside, so that it can start without them.
///
/// Nothing is signed or numbered twice for it: a replica whose log or blocks are gone knows from
/// its last-signed file what it signed, and one without that file, or a stream without its outbox,
/// waits until nothing that was lost can matter any more.
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
        /// What convicts others, and what this node may be asked to prove.
        case evidence
        /// What the consensus key signed last: the replica comes back as one whose disk was lost.
        case lastSigned = "last-signed"

        /// What becomes of a node that starts without it.
        public var consequence: String {
            switch self {
            case .log:
                "the node goes on from what it signed last, and signs nothing twice"
            case .blocks:
                "the node fetches the ledger from its peers again"
            case .index:
                "the node fills it from the blocks at the start"
            case .outbox:
                "entries are numbered again when all that was signed has expired, from the "
                    + "ledger's next number on; what was acknowledged and is not on the ledger is "
                    + "to be handed in again"
            case .evidence:
                "what convicts others comes from peers or stands on the ledger; a demand for a "
                    + "proof of this node's own may stay open"
            case .lastSigned:
                "the node follows, and signs and numbers again when the network has told from "
                    + "which height on nothing it signed before can be contradicted"
            }
        }
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
