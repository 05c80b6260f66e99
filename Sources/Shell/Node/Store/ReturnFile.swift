internal import Primitives
internal import Storage

/// Says, in a directory whose disk was lost, from which height on something may be done again.
///
/// Empty until the network has told; then the height in decimal digits.
struct ReturnFile {
    /// What may not be done before.
    enum Deed: String {
        /// Signing. The file is made before the last-signed file is, and stays.
        case signing = "returned"
        /// Numbering entries. The file goes when every outbox is open again.
        case numbering = "renumbered"
    }

    private let directory: String
    private let deed: Deed

    init(_ deed: Deed, in directory: borrowing DataDirectory) {
        self.directory = directory.path
        self.deed = deed
    }

    private var path: String { directory + "/" + deed.rawValue }

    var isThere: Bool { SmallFile.exists(path) }

    /// Notes that what was done is not known here any more.
    func make() throws(StorageError) {
        try Directory.replace(deed.rawValue, in: directory, with: [])
    }

    func write(_ height: Height) throws(StorageError) {
        try Directory.replace(deed.rawValue, in: directory, with: Array("\(height)\n".utf8))
    }

    /// The height, or nil where it is not known yet.
    func height() throws(StorageError) -> Height? {
        let text = String(decoding: try SmallFile.read(path), as: UTF8.self)
        return UInt64(text.filter(\.isNumber)).map { Height($0) }
    }

    func remove() throws(StorageError) {
        guard isThere else { return }
        try Directory.remove(path)
        try Directory.sync(directory)
    }
}
