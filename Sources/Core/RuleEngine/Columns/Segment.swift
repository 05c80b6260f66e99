internal import Primitives

/// Rows of one kind in the order in which they came, field by field.
///
/// A class, for it is read row by row: a value of so many arrays would be counted in and out.
final class Segment: Sendable {
    let count: Int
    /// By the place of a word in a row, as ``RowLayout`` has it; the first says what is known.
    let words: [Column]
    let leaves: Column
    let ordinals: Column
    let heights: Column
    let hashes: [Digest]
    /// The bits of the fields that are known in all rows, and in any of them.
    let always: Int64
    let ever: Int64

    /// How many rows a segment has at most: 2 to this power.
    static let power = 16
    static let rowCountMax = 1 << power

    init(
        count: Int, words: [Column], leaves: Column, ordinals: Column, heights: Column,
        hashes: [Digest]
    ) {
        self.count = count
        self.words = words
        self.leaves = leaves
        self.ordinals = ordinals
        self.heights = heights
        self.hashes = hashes
        (always, ever) = words.first.map { $0.bits(count) } ?? (0, 0)
    }

    /// How many bytes the rows take.
    var byteCount: Int {
        (words + [leaves, ordinals, heights]).reduce(Digest.byteCount * count) {
            $0 + $1.byteCount
        }
    }
}
