internal import Primitives

/// Where the entries of a block lie in the bytes of its batches.
///
/// A slice for each entry would count its owner up and down wherever it is handed on.
public struct BlockEntries: Sendable {
    private let batches: [[UInt8]]
    private var places: [Place] = []
    /// How many bytes the entries have together.
    private(set) var byteCount = 0

    private struct Place {
        let batch: UInt32
        let start: UInt32
        let byteCount: UInt32
    }

    /// None.
    public static let none = BlockEntries([], entryCount: 0)

    /// The entries of these batches, in order.
    public init(_ batches: [VerifiedBatch]) {
        self.init(
            batches.map(\.bytes), entryCount: batches.reduce(0) { $0 + $1.entryBytes.count })
        for (number, batch) in batches.enumerated() { append(batch.entryBytes, of: number) }
    }

    /// The entries of these batches, in order.
    public init(_ batches: [UnverifiedBatch]) {
        self.init(batches.map(\.bytes), entryCount: batches.reduce(0) { $0 + $1.entries.count })
        for (number, batch) in batches.enumerated() { append(batch.entries, of: number) }
    }

    private init(_ batches: [[UInt8]], entryCount: Int) {
        self.batches = batches
        places.reserveCapacity(entryCount)
    }

    /// Entries are slices of their batch's bytes, which are far below 4 GiB.
    private mutating func append(_ entries: [ArraySlice<UInt8>], of batch: Int) {
        let entries = entries.span
        for index in entries.indices {
            let entryByteCount = entries[index].count
            byteCount += entryByteCount
            places.append(
                Place(
                    batch: UInt32(truncatingIfNeeded: batch),
                    start: UInt32(truncatingIfNeeded: entries[index].startIndex),
                    byteCount: UInt32(truncatingIfNeeded: entryByteCount)))
        }
    }

    var count: Int { places.count }

    /// How many bytes the entry at a place has.
    func byteCount(_ index: Int) -> Int { Int(places[index].byteCount) }

    /// Asks for the bytes of the entry at a place, which is copied soon.
    func prefetch(_ index: Int) {
        let place = places[index]
        let start = Int(place.start)
        let batch = batches[Int(place.batch)]
        let bytes = unsafe batch.span.bytes
        bytes.extracting(start..<(start + Int(place.byteCount))).prefetch()
    }

    /// Copies the entry at a place, as a byte string.
    func write(_ index: Int, to room: inout CBORRoom) {
        let place = places[index]
        let start = Int(place.start)
        let batch = batches[Int(place.batch)]
        let bytes = unsafe batch.span.bytes
        room.bytes(bytes.extracting(start..<(start + Int(place.byteCount))))
    }
}
