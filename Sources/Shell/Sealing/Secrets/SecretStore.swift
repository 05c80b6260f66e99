internal import Cryptography
internal import Glibc
internal import Primitives
internal import Storage
internal import Synchronization

/// Secrets of one length under names that are hashes, in a file apart from every data base.
///
/// They lie encrypted under a *node key*, which is a file of its own. Forgetting writes the
/// secrets that stay under a fresh node key and destroys the old one, so that nothing of the old
/// file can be read again, wherever a copy of it lies. The node keys belong in a folder that no
/// backup and no snapshot reaches.
///
/// Files: `secrets-<generation>.bin` and, in the key folder, `node-<generation>.key`. The highest
/// generation that has both is the one that counts; the renaming of its secrets file, after its
/// key is on the disk, is what makes it so.
///
/// One process at a time, held by a lock file. Any thread may call; writing makes others wait.
final class SecretStore: Sendable {
    private let state: Mutex<State>

    private struct State: ~Copyable {
        let folder: String
        let keys: NodeKeys
        let random: RandomBytes
        let lock: FileLock
        var file: SecretFile
        /// Set while the disk may be a generation ahead of `file`, and left so by a failure.
        var isBetweenGenerations = false
    }

    /// The steps of forgetting, each of which a crash may follow.
    enum Step: CaseIterable {
        case draftWritten
        case keyWritten
        case renamed
        case oldKeyDestroyed
        case oldFileRemoved
    }

    /// Opens the store in `folder`, or makes it, and ends what a crash interrupted.
    init(
        folder: String, keyFolder: String, secretByteCount: Int, random: RandomBytes
    ) throws(SealingError) {
        let keys = NodeKeys(folder: keyFolder)
        let lock = try onDisk { () throws(StorageError) in
            try Directory.make(folder)
            try Directory.make(keyFolder)
            return try FileLock(folder + "/LOCK")
        }
        let stores = try onDisk { () throws(StorageError) in
            try SecretStore.generations(in: folder)
        }
        let file =
            if let newest = stores.max() {
                try SecretStore.open(newest, secretByteCount, in: folder, keys)
            } else {
                try SecretStore.make(secretByteCount, in: folder, keys, random)
            }
        try SecretStore.clean(folder, keys, keeping: file.format.generation, random)
        state = Mutex(State(folder: folder, keys: keys, random: random, lock: lock, file: file))
    }

    /// How many secrets there are.
    var count: Int { state.withLock { $0.file.count } }

    /// How often a node key was made.
    var generation: UInt64 { state.withLock { $0.file.format.generation } }

    /// The secret of `name`, or nil where there is none.
    func secret(of name: Digest) throws(SealingError) -> [UInt8]? {
        try state.withLock { (state) throws(SealingError) in
            try state.file.secret(of: name)
        }
    }

    /// Keeps secrets under names that have none yet, and returns when they are on the disk.
    ///
    /// The first secret of a name stands.
    ///
    /// - Returns: how many were new.
    @discardableResult
    func put(_ secrets: [(name: Digest, secret: [UInt8])]) throws(SealingError) -> Int {
        try state.withLock { (state) throws(SealingError) in
            var fresh: [(name: Digest, secret: [UInt8])] = []
            var names: Set<Digest> = []
            for item in secrets where names.insert(item.name).inserted {
                if try state.file.secret(of: item.name) == nil { fresh.append(item) }
            }
            guard !state.isBetweenGenerations else {
                throw .storage(.stopped(path: state.folder))
            }
            if !fresh.isEmpty { try state.file.append(fresh, random: state.random) }
            return fresh.count
        }
    }

    /// Forgets the secrets of `names` for good: returns when they cannot be read again.
    ///
    /// With no names it only renews the node key. Cost: every secret that stays is written again,
    /// while other callers wait. `reached` lets a test stop where a crash would.
    ///
    /// - Returns: the names that had a secret.
    @discardableResult
    func forget(
        _ names: Set<Digest>, reached: (Step) throws(SealingError) -> Void = { _ in }
    ) throws(SealingError) -> Set<Digest> {
        try state.withLock { (state) throws(SealingError) in
            guard !state.isBetweenGenerations else {
                throw .storage(.stopped(path: state.folder))
            }
            let old = state.file.format
            let new = SecretFormat(
                generation: old.generation + 1, secretByteCount: old.secretByteCount,
                nodeKey: NodeKey(state.random.bytes(AESGCM.keyByteCount)))
            let found = try SecretStore.copy(
                state.file, without: names, to: new, in: state.folder, random: state.random)
            try reached(.draftWritten)
            try onDisk { () throws(StorageError) in
                try state.keys.write(new.nodeKey, generation: new.generation)
            }
            try reached(.keyWritten)
            // What is appended to the old file from here on would be lost.
            state.isBetweenGenerations = true
            try onDisk { () throws(StorageError) in
                let name = SecretStore.name(new.generation)
                try Directory.rename(name + ".new", to: name, in: state.folder)
                try Directory.sync(state.folder)
            }
            try reached(.renamed)
            state.file = try SecretFile(
                SecretStore.path(new.generation, in: state.folder), format: new)
            state.isBetweenGenerations = false
            try onDisk { () throws(StorageError) in
                try state.keys.destroy(
                    generation: old.generation, noise: state.random.bytes(NodeKeys.byteCount))
            }
            try reached(.oldKeyDestroyed)
            try SecretStore.clean(
                state.folder, state.keys, keeping: new.generation, state.random)
            try reached(.oldFileRemoved)
            return found
        }
    }

    /// Writes the secrets that stay into a draft of the new generation's file.
    private static func copy(
        _ source: borrowing SecretFile, without names: Set<Digest>, to format: SecretFormat,
        in folder: String, random: RandomBytes
    ) throws(SealingError) -> Set<Digest> {
        var found: Set<Digest> = []
        var pending: [UInt8] = []
        var offset = SecretFormat.headerByteCount
        var count = 0
        let path = folder + "/" + name(format.generation) + ".new"
        let draft = try onDisk { () throws(StorageError) in
            try File(path, flags: O_RDWR | O_CREAT | O_TRUNC)
        }
        try source.forEach { (record) throws(SealingError) in
            guard !names.contains(record.name) else {
                found.insert(record.name)
                return
            }
            try format.append(
                name: record.name, secret: record.secret, durable: count,
                nonce: random.bytes(AESGCM.nonceByteCount), to: &pending)
            count += 1
            guard pending.count >= 1 << 20 else { return }
            try onDisk { () throws(StorageError) in try draft.write(pending, at: offset) }
            offset += pending.count
            pending.removeAll(keepingCapacity: true)
        }
        // The header says how many records the file was made with: all are there, or none.
        let header = format.header(recordCount: count)
        try onDisk { () throws(StorageError) in
            try draft.write(pending, at: offset)
            try draft.write(header, at: 0)
            try draft.sync()
        }
        return found
    }

    /// Opens the generation that counts.
    private static func open(
        _ generation: UInt64, _ secretByteCount: Int, in folder: String, _ keys: NodeKeys
    ) throws(SealingError) -> SecretFile {
        let known = try onDisk { () throws(StorageError) in try keys.generations() }
        guard known.contains(generation) else {
            throw .nodeKeyMissing(path: keys.path(generation), generation: generation)
        }
        let format = SecretFormat(
            generation: generation, secretByteCount: secretByteCount,
            nodeKey: try keys.read(generation: generation))
        return try SecretFile(path(generation, in: folder), format: format)
    }

    /// Makes an empty generation, above any whose key is there: its key first, then its file.
    private static func make(
        _ secretByteCount: Int, in folder: String, _ keys: NodeKeys, _ random: RandomBytes
    ) throws(SealingError) -> SecretFile {
        let format = try onDisk { () throws(StorageError) in
            let format = SecretFormat(
                generation: (try keys.generations().max() ?? 0) + 1,
                secretByteCount: secretByteCount,
                nodeKey: NodeKey(random.bytes(AESGCM.keyByteCount)))
            try keys.write(format.nodeKey, generation: format.generation)
            try Directory.replace(
                name(format.generation), in: folder, with: format.header(recordCount: 0))
            return format
        }
        return try SecretFile(path(format.generation, in: folder), format: format)
    }

    /// Destroys the keys and removes the files of every other generation, and all drafts.
    private static func clean(
        _ folder: String, _ keys: NodeKeys, keeping generation: UInt64, _ random: RandomBytes
    ) throws(SealingError) {
        try onDisk { () throws(StorageError) in
            for other in try keys.generations() where other != generation {
                try keys.destroy(
                    generation: other, noise: random.bytes(NodeKeys.byteCount))
            }
            let keep = name(generation)
            for file in try Directory.names(in: folder)
            where file.hasPrefix("secrets-") && file != keep {
                try Directory.remove(folder + "/" + file)
            }
            for file in try Directory.names(in: keys.folder) where file.hasSuffix(".key.new") {
                try Directory.remove(keys.folder + "/" + file)
            }
            try Directory.sync(folder)
            try Directory.sync(keys.folder)
        }
    }

    private static func generations(in folder: String) throws(StorageError) -> [UInt64] {
        try Directory.names(in: folder).compactMap {
            Sealing.generation(of: $0, prefix: "secrets-")
        }
    }

    private static func path(_ generation: UInt64, in folder: String) -> String {
        folder + "/" + name(generation)
    }

    private static func name(_ generation: UInt64) -> String { "secrets-\(generation).bin" }
}
