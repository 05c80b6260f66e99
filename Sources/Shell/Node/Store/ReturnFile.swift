internal import Primitives
internal import Storage

/// Says, in a directory whose disk was lost, from which height on the replica may sign.
///
/// Empty until the network has told; then the height in decimal digits. It is made before the
/// last-signed file is, and stays.
struct ReturnFile {
    private let path: String

    init(_ directory: borrowing DataDirectory) {
        path = directory.path(of: "returned")
    }

    var isThere: Bool { SmallFile.exists(path) }

    /// Notes that what was signed is not known here any more.
    func make() throws(StorageError) {
        try SmallFile.write([], to: path)
    }

    func write(_ height: Height) throws(StorageError) {
        try SmallFile.write(Array("\(height)\n".utf8), to: path)
    }

    /// The height, or nil where it is not known yet.
    func height() throws(StorageError) -> Height? {
        let text = String(decoding: try SmallFile.read(path), as: UTF8.self)
        return UInt64(text.filter(\.isNumber)).map { Height($0) }
    }
}
