/// The words of a row that make up a key, read for many rows at once.
struct KeyWords: Sendable {
    let offsets: [Int]
    /// The bits of the fields without which a row has no key, or no stretch to look in.
    let bits: Int64

    /// The places among these where the key is known, and its hash at each.
    func hashes(
        _ segment: Segment, _ places: [Int32]
    ) -> (places: [Int32], hashes: [UInt64], missing: [Int32]) {
        let (known, missing) = segment.split(places, knowing: bits)
        let parts = offsets.map { segment.words[$0].gathered(known) }
        let hashes: [UInt64] =
            switch parts.count {
            case 0: Array(repeating: SweepWindow.hash(0, 0, 0), count: known.count)
            case 1: parts[0].map { SweepWindow.hash($0, 0, 0) }
            case 2: zip(parts[0], parts[1]).map { SweepWindow.hash($0, $1, 0) }
            default:
                known.indices.map {
                    SweepWindow.hash(parts[0][$0], parts[1][$0], parts[2][$0])
                }
            }
        return (known, hashes, missing)
    }
}
