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
        var hashes = [UInt64](repeating: 0, count: known.count)
        for (part, offset) in offsets.enumerated() {
            var next = 0
            segment.words[offset].read(known) { _, word in
                hashes[next] ^= SweepWindow.keyBits(word, part)
                next += 1
            }
        }
        for place in hashes.indices { hashes[place] = SweepWindow.mixed(hashes[place]) }
        return (known, hashes, missing)
    }
}
