internal import Cryptography
internal import Primitives
internal import Storage

/// Says, in a directory whose disk was lost, from which height on something may be done again.
///
/// Empty until the network has told; then the height in decimal digits, and a line of eight letters
/// that a flipped bit does not leave right. Where they are wrong, the network is asked once more.
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
        try Directory.replace(
            deed.rawValue, in: directory,
            with: Array("\(height)\n\(ReturnFile.check(height))\n".utf8))
    }

    /// The height, or nil where it is not known yet, or not any more.
    func height() throws(StorageError) -> Height? {
        let text = String(decoding: try SmallFile.read(path), as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let height = UInt64(lines[0]).map({ Height($0) }), "\(height)" == lines[0] else {
            return nil
        }
        switch lines.count {
        // As older versions wrote it.
        case 2 where lines[1].isEmpty: return height
        case 3 where lines[1] == ReturnFile.check(height) && lines[2].isEmpty: return height
        default: return nil
        }
    }

    /// Letters only: older versions take every digit of the file for one of the height.
    private static func check(_ height: Height) -> String {
        let digest = SHA256.hash(Array("\(height)".utf8)).bytes
        let nibbles = digest.prefix(4).flatMap { [$0 >> 4, $0 & 15] }
        return String(decoding: nibbles.map { UInt8(ascii: "a") + $0 }, as: UTF8.self)
    }

    func remove() throws(StorageError) {
        guard isThere else { return }
        try Directory.remove(path)
        try Directory.sync(directory)
    }
}
