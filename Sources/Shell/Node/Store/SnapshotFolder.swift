internal import Cryptography
internal import Hosting
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

/// The snapshots that a node offers to those who join, and the chunks of one that it fetches
/// itself.
///
/// `snapshots/HEIGHT` has the file `manifest` and a file for each chunk, named by its digest; it
/// gets its name when all of it is on the disk. `joining` has chunks alone.
final class SnapshotFolder: Sendable {
    /// A snapshot that is on the disk, whole.
    struct Newest: Sendable {
        let height: Height
        let manifest: [UInt8]
    }

    private let path: String
    private let joiningPath: String
    private let state: Mutex<Newest?>

    /// How many snapshots are kept: who fetches one may go on with it while the next is cut.
    private static let keptCount = 2

    init(_ directory: borrowing DataDirectory) throws(StorageError) {
        path = directory.path(of: "snapshots")
        joiningPath = directory.path(of: "joining")
        var newest: Newest?
        if Directory.exists(path) {
            for name in try Directory.names(in: path).reversed() {
                guard let height = UInt64(name) else { continue }
                // One that cannot be read is not offered; the next one is cut in time.
                guard let manifest = try? SmallFile.read("\(path)/\(name)/manifest"),
                    (try? SnapshotManifest.decode(manifest)) != nil
                else { continue }
                newest = Newest(height: Height(height), manifest: manifest)
                break
            }
        }
        state = Mutex(newest)
    }

    var newest: Newest? { state.withLock { $0 } }

    /// The chunk with this name in one of the snapshots; nil where none has it, or it is damaged.
    func chunk(_ name: Digest) -> [UInt8]? {
        guard let heights = try? Directory.names(in: path) else { return nil }
        for height in heights.reversed() {
            let file = "\(path)/\(height)/\(name)"
            if Directory.exists(file) { return SnapshotFolder.read(file, name) }
        }
        return nil
    }

    private static func read(_ file: String, _ name: Digest) -> [UInt8]? {
        guard let bytes = try? SmallFile.read(file, atMost: SnapshotManifest.chunkByteCountMax),
            SHA256.hash(bytes) == name
        else { return nil }
        return bytes
    }

    /// Cuts a snapshot of a state, unless it is here already, and drops all but the newest.
    func cut(_ state: LedgerState, after block: Block) throws(StorageError) {
        let text = block.header.height.description
        let name = String(repeating: "0", count: max(0, 16 - text.count)) + text
        guard !Directory.exists("\(path)/\(name)") else { return }
        let draft = "\(path)/\(name).new"
        try SnapshotFolder.clear(draft)
        try Directory.make(draft)
        let manifest = try state.cutSnapshot(after: block) {
            (name, chunk) throws(StorageError) in
            try SmallFile.write(chunk, to: "\(draft)/\(name)")
        }
        guard let manifest else { return try SnapshotFolder.clear(draft) }
        let bytes = manifest.encode()
        try SmallFile.write(bytes, to: "\(draft)/manifest")
        try Directory.rename("\(name).new", to: name, in: path)
        try Directory.sync(path)
        self.state.withLock { $0 = Newest(height: block.header.height, manifest: bytes) }
        let whole = try Directory.names(in: path).filter { UInt64($0) != nil }
        for old in whole.dropLast(SnapshotFolder.keptCount) {
            try SnapshotFolder.clear("\(path)/\(old)")
        }
    }

    private static func clear(_ folder: String) throws(StorageError) {
        guard Directory.exists(folder) else { return }
        for name in try Directory.names(in: folder) { try Directory.remove("\(folder)/\(name)") }
        try Directory.removeEmpty(folder)
    }

    // What is fetched.

    /// The names of the chunks that are here and sound.
    func joiningChunks() -> [Digest] {
        ((try? Directory.names(in: joiningPath)) ?? []).compactMap { Digest(hex: $0) }
            .filter { SnapshotFolder.read("\(joiningPath)/\($0)", $0) != nil }
    }

    func keep(_ chunk: [UInt8], named name: Digest) throws(StorageError) {
        try SmallFile.write(chunk, to: "\(joiningPath)/\(name)")
    }

    /// Deletes fetched chunks; one that cannot be deleted goes with all others in the end.
    func forget(_ names: [Digest]) {
        for name in names { try? Directory.remove("\(joiningPath)/\(name)") }
    }

    /// What the fetched chunks of a manifest give, as the host wants to hear it.
    func restore(_ manifest: SnapshotManifest, genesis: Genesis) -> HostInput {
        var restoration = SnapshotRestoration(genesis: genesis, manifest: manifest)
        do throws(LedgerError) {
            for name in manifest.chunks {
                guard let chunk = SnapshotFolder.read("\(joiningPath)/\(name)", name) else {
                    return lost(manifest)
                }
                try restoration.add(chunk)
            }
            return .snapshotRestored(try restoration.finish())
        } catch {
            return .snapshotUnusable(reason: "\(error)")
        }
    }

    private func lost(_ manifest: SnapshotManifest) -> HostInput {
        let held = Set(joiningChunks())
        return .chunksLost(manifest.chunks.filter { !held.contains($0) })
    }

    /// Forgets what was fetched.
    func endJoining() throws(StorageError) {
        try SnapshotFolder.clear(joiningPath)
    }
}
