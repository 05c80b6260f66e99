internal import Cryptography
internal import Ledger
internal import Primitives
internal import Storage

/// A copy of a stopped node's ledger, outboxes and evidence, with a digest for each file.
///
/// Not in it are keys of any kind, sealed payloads, and what the consensus key signed last: an old
/// copy of that could be taken for the present one, and convict the institution. A restored node
/// therefore does not vote until the network has told it from which height it may.
public enum Backup {
    /// What was copied.
    public struct Report: Equatable, Sendable {
        public let fileCount: Int
        public let byteCount: Int
    }

    private static let manifestName = "BACKUP"
    private static let firstLine = "custos backup 1"
    private static let folders = ["blocks", "outbox", "evidence"]

    /// Copies the data of a node that does not run into a new folder.
    ///
    /// - Throws: ``NodeError/storage(_:)``, with `locked` where the node runs.
    public static func make(
        of configuration: NodeConfiguration, in folder: String
    ) throws(NodeError) -> Report {
        let ledger = try NodeSetup.genesis(configuration.genesis).ledger
        return try LedgerCheck.storage { () throws(StorageError) in
            guard !Directory.exists(folder) else {
                throw .refused(path: folder, detail: "it is there already; name a new folder")
            }
            guard Directory.exists(configuration.data + "/blocks") else {
                throw .notFound(path: configuration.data, what: "a node's data")
            }
            let directory = try DataDirectory(configuration.data, ledger: ledger)
            try Directory.make(folder)
            var lines = [firstLine, "ledger \(ledger)"]
            var byteCount = 0
            for name in folders where Directory.exists(directory.path(of: name)) {
                try Directory.make(folder + "/" + name)
                for file in try Directory.names(in: directory.path(of: name)) where file != "LOCK" {
                    let bytes = try SmallFile.read(
                        directory.path(of: name) + "/" + file, atMost: .max)
                    try SmallFile.write(bytes, to: "\(folder)/\(name)/\(file)")
                    lines.append("\(SHA256.hash(bytes)) \(name)/\(file)")
                    byteCount += bytes.count
                }
                try Directory.sync(folder + "/" + name)
            }
            try Directory.replace(
                manifestName, in: folder, with: Array((lines.joined(separator: "\n") + "\n").utf8))
            return Report(fileCount: lines.count - 2, byteCount: byteCount)
        }
    }

    /// Puts a copy into the place of a node's data, which must not be there.
    ///
    /// - Throws: ``NodeError/damaged(what:detail:)`` where a file is not the one that was copied.
    public static func restore(
        _ folder: String, to configuration: NodeConfiguration
    ) throws(NodeError) -> Report {
        let ledger = try NodeSetup.genesis(configuration.genesis).ledger
        let files = try manifest(of: folder, ledger: ledger)
        var byteCount = 0
        // Everything is checked before anything is written.
        for (digest, name) in files {
            let bytes = try LedgerCheck.storage { () throws(StorageError) in
                try SmallFile.read(folder + "/" + name, atMost: .max)
            }
            guard "\(SHA256.hash(bytes))" == digest else {
                throw .damaged(what: "the copy", detail: "\(name) is not the file that was copied")
            }
            byteCount += bytes.count
        }
        try LedgerCheck.storage { () throws(StorageError) in
            guard !Directory.exists(configuration.data + "/blocks") else {
                throw .refused(
                    path: configuration.data, detail: "there is a ledger already; move it away")
            }
            let directory = try DataDirectory(configuration.data, ledger: ledger)
            for name in folders { try Directory.make(directory.path(of: name)) }
            for (_, name) in files {
                try SmallFile.write(
                    try SmallFile.read(folder + "/" + name, atMost: .max),
                    to: directory.path(of: name))
            }
            for name in folders { try Directory.sync(directory.path(of: name)) }
        }
        return Report(fileCount: files.count, byteCount: byteCount)
    }

    private static func manifest(
        of folder: String, ledger: LedgerID
    ) throws(NodeError) -> [(digest: String, name: String)] {
        let bytes = try LedgerCheck.storage { () throws(StorageError) in
            try SmallFile.read(folder + "/" + manifestName, atMost: 64 << 20)
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.count >= 2, lines[0] == firstLine else {
            throw .damaged(what: "the copy", detail: "\(manifestName) is not that of a copy")
        }
        guard lines[1] == "ledger \(ledger)" else {
            throw .damaged(what: "the copy", detail: "it is of another ledger: \(lines[1])")
        }
        return try lines.dropFirst(2).map { line throws(NodeError) in
            let parts = line.split(separator: " ", maxSplits: 1)
            let path = parts.last?.split(separator: "/") ?? []
            guard parts.count == 2, path.count == 2, folders.contains(String(path[0])),
                path[1] != ".."
            else { throw .damaged(what: "the copy", detail: "\(manifestName) names \(line)") }
            return (String(parts[0]), String(parts[1]))
        }
    }
}
