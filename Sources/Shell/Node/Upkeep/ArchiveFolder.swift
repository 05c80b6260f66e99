internal import Ledger
internal import Primitives
internal import Proofs
internal import Storage

/// The folder that pruned blocks were written to: files named `FIRST-LAST.archive`.
struct ArchiveFolder {
    let path: String

    struct Item {
        let name: String
        let heights: HeightRange
    }

    /// The archives in it, by their first block.
    func items() throws(StorageError) -> [Item] {
        try Directory.names(in: path).compactMap { name in
            guard name.hasSuffix(".archive") else { return nil }
            let parts = name.dropLast(".archive".count).split(separator: "-")
            guard parts.count == 2, let first = UInt64(parts[0]), let last = UInt64(parts[1])
            else { return nil }
            return Item(name: name, heights: HeightRange(Height(first), Height(last)))
        }.sorted { $0.heights.first < $1.heights.first }
    }

    /// The path of the archive of these heights; names sort as the heights do.
    func path(of heights: HeightRange) -> String {
        "\(path)/\(ArchiveFolder.name(of: heights))"
    }

    static func name(of heights: HeightRange) -> String {
        func digits(_ height: Height) -> String {
            let text = height.description
            return String(repeating: "0", count: max(0, 12 - text.count)) + text
        }
        return "\(digits(heights.first))-\(digits(heights.last)).archive"
    }
}

/// Reads pruned blocks back from a folder of archives, in the order of their heights.
final class ArchivedBlocks {
    private let folder: ArchiveFolder
    private let items: [ArchiveFolder.Item]
    private var file: ArchiveFile?
    private var height = Height.genesis
    private var end = Height.genesis

    init(_ folder: ArchiveFolder) throws(StorageError) {
        self.folder = folder
        items = try folder.items()
    }

    /// The block at a height; heights are asked for one after the other.
    func block(at wanted: Height) throws(NodeError) -> ArchiveBlock {
        if file == nil || wanted > end || wanted != height.next {
            guard let item = items.first(where: { $0.heights.contains(wanted) }) else {
                throw .damaged(
                    what: "block \(wanted)",
                    detail: "its entries are pruned, and no archive in \(folder.path) has them")
            }
            file = try ArchiveFile("\(folder.path)/\(item.name)")
            _ = try file?.next()
            height = Height(item.heights.first.blocks - 1)
            end = item.heights.last
        }
        while true {
            guard let record = try file?.next() else {
                throw .damaged(what: "an archive in \(folder.path)", detail: "it ends early")
            }
            height = height.next
            guard height == wanted else { continue }
            do throws(ProofFailure) {
                return try ArchiveBlock.decode(record)
            } catch {
                throw .damaged(what: "an archive in \(folder.path)", detail: "\(error)")
            }
        }
    }
}
