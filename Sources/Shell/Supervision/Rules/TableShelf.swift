public import Primitives
internal import RuleEngine
internal import Storage
internal import Synchronization

/// The knowledge tables in a folder of the node, by the hashes of their canonical bytes.
///
/// `<hash>.table` is a table that was put there, `<hash>.fetched` one that came from a peer: rules
/// look things up in that only where the ledger names it, since peers have tables that are merely
/// proposed, too. `<hash>.index` is what was made of a large one when it was read first.
/// Both are mapped, so that tables of millions of rows take little memory, and each is read once
/// in the life of the process. A file whose bytes have another hash than its name says is refused.
public final class TableShelf: Sendable {
    let folder: String
    private let open = Mutex<[Digest: KnowledgeTable]>([:])

    /// Tables from this size on have their index kept, in bytes.
    private static let indexedByteCount = 1 << 20

    init(folder: String) {
        self.folder = folder
    }

    /// The table of a hash; nil where it is not here.
    ///
    /// - Throws: ``RuleRefusal`` where its file holds something else.
    func table(_ hash: Digest) throws(RuleRefusal) -> KnowledgeTable? {
        if let table = open.withLock({ $0[hash] }) { return table }
        guard SmallFile.exists(path(hash)) else { return nil }
        let table = try read(hash)
        open.withLock { $0[hash] = table }
        return table
    }

    func has(_ hash: Digest) -> Bool { SmallFile.exists(path(hash)) }

    /// The hashes of all tables that were put into the folder, increasing.
    func hashes() throws(StorageError) -> [Digest] {
        try Directory.make(folder)
        return try Directory.names(in: folder).filter { $0.hasSuffix(".table") }
            .compactMap { Digest(hex: String($0.dropLast(6))) }
    }

    /// Where the table of a hash lies, or would if it came.
    func path(_ hash: Digest) -> String { TableShelf.path(hash, in: folder) }

    /// Where a folder of tables has the one of a hash, or would if it came from a peer.
    public static func path(_ hash: Digest, in folder: String) -> String {
        let placed = "\(folder)/\(hash).table"
        return SmallFile.exists(placed) ? placed : "\(folder)/\(fetchedName(hash))"
    }

    /// What the file of a table is called that came from a peer.
    static func fetchedName(_ hash: Digest) -> String { "\(hash).fetched" }

    private func read(_ hash: Digest) throws(RuleRefusal) -> KnowledgeTable {
        let indexPath = "\(folder)/\(hash).index"
        let bytes = try TableShelf.mapped(path(hash))
        if SmallFile.exists(indexPath),
            let table = KnowledgeTable.open(
                bytes, index: try TableShelf.mapped(indexPath), hash: hash)
        {
            return table
        }
        let table = try TableShelf.checked(bytes, hash)
        guard table.byteCount >= TableShelf.indexedByteCount else { return table }
        do throws(StorageError) {
            try SmallFile.write(table.indexFile, to: indexPath)
        } catch {
            throw RuleRefusal(reason: "\(indexPath) cannot be written: \(error)")
        }
        return KnowledgeTable.open(
            bytes, index: try TableShelf.mapped(indexPath), hash: hash) ?? table
    }

    private static func mapped(_ path: String) throws(RuleRefusal) -> TableBytes {
        do throws(StorageError) {
            let file = try MappedFile(path)
            return unsafe TableBytes(file.bytes, heldBy: file)
        } catch {
            throw RuleRefusal(reason: "\(path) cannot be read: \(error)")
        }
    }

    private static func checked(
        _ bytes: TableBytes, _ hash: Digest
    ) throws(RuleRefusal) -> KnowledgeTable {
        let table: KnowledgeTable
        do throws(KnowledgeError) {
            table = try KnowledgeTable.decode(bytes)
        } catch {
            throw RuleRefusal(reason: "\(hash).table: \(error)")
        }
        guard table.hash == hash else {
            throw RuleRefusal(
                reason: "\(hash).table: the table in it has the hash \(table.hash)")
        }
        return table
    }
}
