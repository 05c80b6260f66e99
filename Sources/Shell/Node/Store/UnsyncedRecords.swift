internal import Primitives

/// The log's records since it was synced last, for as long as they may find room beside a state.
struct UnsyncedRecords {
    private let byteCountMax: Int
    private var kept: [(height: Height, bytes: [UInt8])] = []
    private var byteCount = 0
    /// The greatest height of which there were too many.
    private var overflowed = Height.genesis

    /// What a slot must have room for beside the records: a state of 512 bytes, and heads.
    private static let besideBytes = 640
    /// The most bytes that say before a record how long it is.
    private static let headBytes = 3

    /// - Parameter room: how many bytes a slot has for a state and its records.
    init(room: Int) {
        byteCountMax = room - UnsyncedRecords.besideBytes
    }

    mutating func append(_ bytes: [UInt8], of height: Height) {
        kept.append((height, bytes))
        byteCount += bytes.count + UnsyncedRecords.headBytes
        guard byteCount > byteCountMax else { return }
        overflowed = kept.reduce(overflowed) { max($0, $1.height) }
        clear()
    }

    /// All of this height and above, in their order; nil where there were too many.
    func records(from height: Height) -> [[UInt8]]? {
        guard height > overflowed else { return nil }
        return kept.filter { $0.height >= height }.map(\.bytes)
    }

    /// Lets go of those below a height: the blocks are durable.
    mutating func forget(below height: Height) {
        kept.removeAll { $0.height < height }
        byteCount = kept.reduce(0) { $0 + $1.bytes.count + UnsyncedRecords.headBytes }
    }

    /// Lets go of all that was kept: the log has it.
    mutating func noteSynced() {
        clear()
        overflowed = .genesis
    }

    private mutating func clear() {
        kept.removeAll(keepingCapacity: true)
        byteCount = 0
    }
}
