internal import Primitives

/// The runs of one block's terms, by slot: what an answer about a term is read from.
///
/// `[2, directory, runs]`: the directory has 8 bytes a run, by slot (slot 4, where it begins 4). A
/// run is numbers in as few bytes as they need (``VarintReader``): how far below lies the height of
/// the run before it, or 0 where there is none; how many entries all before have; and its entries,
/// as ranges of positions that count from the block's first entry. Of a range, twice how far it
/// begins above the last position before it, or above 0, and one more where it has several: then
/// how many beyond two follows. Batches make most runs a few ranges.
struct RunsRow: Hashable, Sendable {
    private let height: Height
    /// Slot and start of each run, as they lie in the row.
    private var directory: [UInt64] = []
    /// As they lie in the row.
    private var runs: [UInt8] = []

    static let version: UInt64 = 2
    /// How many bytes of the directory a run has.
    static let stride = 8

    /// The row of a block, without runs so far, and with room for so many.
    init(_ height: Height, runCount: Int = 0, positionCount: Int = 0) {
        self.height = height
        directory.reserveCapacity(runCount)
        runs.reserveCapacity(4 * runCount + 3 * positionCount / 2)
    }

    var isEmpty: Bool { directory.isEmpty }

    /// Adds the run of a slot above all those so far, whose head was `before`; its positions are
    /// those in `run` of `all`, ascending.
    mutating func add(slot: UInt32, _ before: HeadCounts, _ all: [UInt32], _ run: Range<Int>) {
        directory.append((UInt64(slot) << 32 | UInt64(runs.count)).bigEndian)
        runs.append(
            varint: before.runs == 0 ? 0 : height.blocks - before.lastHeight.blocks)
        runs.append(varint: before.total)
        var place = run.lowerBound
        var last: UInt32 = 0
        while place < run.upperBound {
            let first = all[place]
            let start = place
            repeat {
                place += 1
            } while place < run.upperBound
                && all[place] == first + UInt32(place - start)
            let count = place - start
            runs.append(varint: UInt64(first - last) << 1 | (count > 1 ? 1 : 0))
            if count > 1 { runs.append(varint: UInt64(count - 2)) }
            last = first + UInt32(count - 1)
        }
    }

    func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 8 * directory.count + runs.count + 16)
        writer.array(3)
        writer.unsigned(RunsRow.version)
        unsafe directory.withUnsafeBytes { unsafe writer.bytes($0) }
        writer.bytes(runs)
        return writer.bytes
    }
}
