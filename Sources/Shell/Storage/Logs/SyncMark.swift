internal import Glibc
internal import Primitives

/// How far a file that is appended to, or overwritten in turn, is known to be on the disk.
///
/// What was synced last has nothing after it that vouches for it, so that damage to it would look
/// like a write that a power cut tore. This mark vouches for it. It is written when a sync has
/// returned, and is not synced itself: that costs five microseconds, where a sync of its own would
/// double the wait of every vote and every acknowledgement. So it may be behind and is never
/// ahead. A process that is killed loses nothing of it; after a power cut it lacks at most what the
/// kernel had not written yet, some seconds, and of that no damage but the cut itself is likely.
/// It lies in a file of its own, so that it does not share the fate of what it speaks of.
///
/// ```
/// mark = "CUSTOSSY" || version, 4 || part, 8 || extent, 8 || CRC-32C, 4
/// ```
struct SyncMark: ~Copyable, Sendable {
    /// What was synced: `extent` bytes of the part with this number, and all parts before it.
    struct Position: Equatable, Sendable {
        let part: UInt64
        let extent: UInt64
    }

    /// Where the last sync that is known of had come to; nil where there is no mark that is whole.
    private(set) var position: Position?
    private let file: File

    static let byteCount = 32
    private static let version: UInt32 = 1
    private static let magic = Array("CUSTOSSY".utf8)

    /// Opens the mark at `path`; one that is missing is made, as older versions wrote none.
    ///
    /// - Throws: ``StorageError/formatVersion(path:found:supported:)`` for one of a later version.
    init(_ path: String) throws(StorageError) {
        // Made at its full length, so that no later write of it needs room on the disk.
        if !Directory.exists(path) {
            try SmallFile.write([UInt8](repeating: 0, count: SyncMark.byteCount), to: path)
        }
        let file = try File(path, flags: O_RDWR)
        position = try SyncMark.decode(
            try file.read(at: 0, count: SyncMark.byteCount), path: path)
        self.file = file
    }

    /// How much of a part must be there.
    func extent(of part: UInt64) -> UInt64 {
        position?.part == part ? position?.extent ?? 0 : 0
    }

    /// Notes that all up to here is on the disk.
    mutating func note(_ position: Position) throws(StorageError) {
        try file.write(SyncMark.encode(position), at: 0)
        self.position = position
    }

    static func encode(_ position: Position) -> [UInt8] {
        var bytes = magic
        bytes.append(bigEndian: version)
        bytes.append(bigEndian: position.part)
        bytes.append(bigEndian: position.extent)
        bytes.append(bigEndian: CRC32C.of(bytes[...]))
        return bytes
    }

    /// Nil for what is no whole mark: what it would have said is then not known.
    static func decode(_ bytes: [UInt8], path: String) throws(StorageError) -> Position? {
        guard bytes.count == byteCount, bytes.starts(with: magic),
            CRC32C.of(bytes[..<(byteCount - 4)])
                == bytes.bigEndian(at: byteCount - 4, as: UInt32.self)
        else { return nil }
        guard bytes.bigEndian(at: 8, as: UInt32.self) == version else {
            throw .formatVersion(
                path: path, found: String(bytes.bigEndian(at: 8, as: UInt32.self)),
                supported: Int(version))
        }
        return Position(part: bytes.bigEndian(at: 12), extent: bytes.bigEndian(at: 20))
    }
}
