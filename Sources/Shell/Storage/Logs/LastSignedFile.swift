internal import Glibc
internal import Primitives

/// The last thing that a key signed, overwritten in place and synced before it is sent.
///
/// Two slots of one preallocated file are written in turn, each with a sequence number and a
/// CRC-32C. A write that is torn by a power cut leaves the other slot, and what it would have
/// said was never sent, because sending waits for ``replace(with:)`` to return. Both slots are
/// written when the file is made, so that a file without a valid slot is damage and not newness;
/// and a ``SyncMark`` beside it has the sequence number that was synced last, so that a newest slot
/// which rotted, or an old copy of the file, is not taken for the state before.
///
/// ```
/// slot = "CUSTOSLS" || sequence, 8 || byte count, 4 || content || zeros || CRC-32C, 4
/// ```
public struct LastSignedFile: ~Copyable, Sendable {
    /// What was written last; empty where nothing has been.
    public private(set) var content: [UInt8]
    private let file: File
    private var mark: SyncMark
    private var sequence: UInt64
    private let slotBytes: Int
    private var hasFailed = false

    /// The longest content of this file, in bytes.
    public var contentBytesMax: Int { slotBytes - LastSignedFile.frameBytes }

    /// The longest content of a file that is made now, in bytes.
    public static let contentBytesMax = newSlotBytes - frameBytes

    /// What is added to the path for that of the mark.
    static let markSuffix = ".synced"
    /// The file is one part, of which so many writes were synced.
    private static let markPart: UInt64 = 1

    /// How long the slots of a file are: older versions made them half as long.
    static let newSlotBytes = 8_192
    static let oldSlotBytes = 4_096
    /// What a slot has beside its content.
    private static let frameBytes = 24
    private static let magic = Array("CUSTOSLS".utf8)

    /// Makes the file at `path`, with empty content.
    ///
    /// - Throws: ``StorageError/refused(path:detail:)`` where it is there already.
    public static func create(_ path: String) throws(StorageError) {
        guard !Directory.exists(path) else {
            throw .refused(path: path, detail: "a last-signed file is there already")
        }
        // That of a file which was here before would speak against this one.
        try Directory.remove(path + LastSignedFile.markSuffix)
        try SmallFile.write(slot(0, []) + slot(1, []), to: path)
    }

    /// Opens the file at `path` and takes the newer of its valid slots.
    ///
    /// - Throws: ``StorageError/notFound(path:what:)`` without a file,
    ///   ``StorageError/corruption(path:detail:)`` where neither slot is valid.
    public init(_ path: String) throws(StorageError) {
        let file = try File(path, flags: O_RDWR)
        let bytes = try file.read(at: 0, count: 2 * LastSignedFile.newSlotBytes + 1)
        let newest = try LastSignedFile.newest(of: bytes, path: path)
        var mark = try SyncMark(path + LastSignedFile.markSuffix)
        guard newest.sequence >= mark.extent(of: LastSignedFile.markPart) else {
            throw .corruption(
                path: path,
                detail: "its newest valid slot is write \(newest.sequence), and write "
                    + "\(mark.extent(of: LastSignedFile.markPart)) had been synced")
        }
        // The newest slot may have been read from memory that the disk does not have yet.
        try file.sync()
        try mark.note(.init(part: LastSignedFile.markPart, extent: newest.sequence))
        (sequence, content) = newest
        slotBytes = bytes.count / 2
        self.file = file
        self.mark = mark
    }

    /// Writes `content` over the older slot and returns when it is on the disk.
    ///
    /// After a failure every further call throws: what the disk holds is not known.
    public mutating func replace(with content: [UInt8]) throws(StorageError) {
        guard !hasFailed else { throw .stopped(path: file.path) }
        guard content.count <= contentBytesMax else {
            throw .tooLarge(
                path: file.path, byteCount: content.count, limit: contentBytesMax)
        }
        let next = sequence + 1
        hasFailed = true
        try file.write(
            LastSignedFile.slot(next, content, byteCount: slotBytes),
            at: next.isMultiple(of: 2) ? 0 : slotBytes)
        try file.sync()
        try mark.note(.init(part: LastSignedFile.markPart, extent: next))
        hasFailed = false
        sequence = next
        self.content = content
    }

    /// What the newer valid slot of a whole file says.
    static func newest(
        of bytes: [UInt8], path: String
    ) throws(StorageError) -> (sequence: UInt64, content: [UInt8]) {
        let slotBytes = bytes.count / 2
        guard bytes.count.isMultiple(of: 2),
            slotBytes == LastSignedFile.newSlotBytes || slotBytes == LastSignedFile.oldSlotBytes
        else { throw .corruption(path: path, detail: "its length is not 16384 or 8192 bytes") }
        let first = LastSignedFile.parse(bytes[..<slotBytes])
        let second = LastSignedFile.parse(bytes[slotBytes...])
        switch (first, second) {
        case (let first?, let second?):
            return first.sequence > second.sequence ? first : second
        case (let only?, nil), (nil, let only?):
            return only
        case (nil, nil):
            throw .corruption(path: path, detail: "neither slot is valid")
        }
    }

    static func slot(
        _ sequence: UInt64, _ content: [UInt8], byteCount: Int = newSlotBytes
    ) -> [UInt8] {
        var bytes = magic
        bytes.reserveCapacity(byteCount)
        bytes.append(bigEndian: sequence)
        bytes.append(bigEndian: UInt32(content.count))
        bytes += content
        bytes += repeatElement(0, count: byteCount - 4 - bytes.count)
        bytes.append(bigEndian: CRC32C.of(bytes[...]))
        return bytes
    }

    private static func parse(
        _ slot: ArraySlice<UInt8>
    ) -> (sequence: UInt64, content: [UInt8])? {
        let bytes = Array(slot)
        guard bytes.starts(with: magic),
            CRC32C.of(bytes.dropLast(4)) == bytes.bigEndian(at: bytes.count - 4, as: UInt32.self)
        else { return nil }
        let count = Int(bytes.bigEndian(at: 16, as: UInt32.self))
        guard count <= bytes.count - frameBytes else { return nil }
        return (bytes.bigEndian(at: 8), Array(bytes[20..<20 + count]))
    }
}
