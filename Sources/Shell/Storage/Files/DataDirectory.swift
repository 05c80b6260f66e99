public import Primitives

/// A node's directory: whose ledger lies in it, in which format, held by one process at a time.
///
/// The file `LEDGER` says both, in text, so that a person can read it too.
public struct DataDirectory: ~Copyable, Sendable {
    public let path: String
    private let lock: FileLock

    /// The format of the directory that this build writes: since 2, batches and tree rows stand in
    /// pieces; since 3, trail rows stand in files of their own; since 4, runs are written short;
    /// since 5, trail rows go by entries as well.
    public static let formatVersion = 5
    /// The oldest format that it reads, and goes on with.
    private static let formerVersion = 1

    private static let manifest = "LEDGER"

    /// Opens the directory, or makes it for `ledger` where it is not there.
    ///
    /// - Throws: ``StorageError/otherLedger(path:found:expected:)``,
    ///   ``StorageError/formatVersion(path:found:supported:)``, ``StorageError/locked(path:)``.
    public init(_ path: String, ledger: LedgerID) throws(StorageError) {
        try Directory.make(path)
        let lock = try FileLock(path + "/LOCK")
        let manifest = path + "/" + DataDirectory.manifest
        if Directory.exists(manifest) {
            try DataDirectory.check(manifest, ledger: ledger)
        } else {
            try DataDirectory.write(ledger, in: path)
        }
        self.path = path
        self.lock = lock
    }

    /// Notes that this build writes here from now on: one that reads no format newer than the one
    /// that the directory had will refuse it.
    public func takeFormat(ledger: LedgerID) throws(StorageError) {
        let bytes = try SmallFile.read(path(of: DataDirectory.manifest), atMost: 4096)
        guard bytes != DataDirectory.text(ledger) else { return }
        try DataDirectory.write(ledger, in: path)
    }

    private static func write(_ ledger: LedgerID, in path: String) throws(StorageError) {
        try Directory.replace(manifest, in: path, with: text(ledger))
    }

    private static func text(_ ledger: LedgerID) -> [UInt8] {
        Array("custos format \(formatVersion)\nledger \(ledger)\n".utf8)
    }

    /// The path of `name` in the directory.
    public func path(of name: String) -> String {
        path + "/" + name
    }

    private static func check(_ manifest: String, ledger: LedgerID) throws(StorageError) {
        let bytes = try SmallFile.read(manifest, atMost: 4096)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.count >= 2, lines[0].hasPrefix("custos format "),
            lines[1].hasPrefix("ledger ")
        else { throw .corruption(path: manifest, detail: "not the manifest of a node") }
        let version = lines[0].dropFirst("custos format ".count)
        guard (formerVersion...formatVersion).contains(Int(version) ?? 0) else {
            throw .formatVersion(
                path: manifest, found: String(version), supported: formatVersion)
        }
        let found = lines[1].dropFirst("ledger ".count)
        guard found == ledger.description else {
            throw .otherLedger(
                path: manifest, found: String(found), expected: ledger.description)
        }
    }
}
