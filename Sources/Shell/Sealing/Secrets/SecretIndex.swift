internal import Primitives

/// Where each secret lies: 16 bytes a secret, whatever its name.
///
/// Names are hashes, so their own bits place them; an entry remembers 32 more bits of the name,
/// and whoever looks up reads the record to be sure. Open addressing, at most half full.
struct SecretIndex {
    private(set) var count = 0
    /// Zero, or the tag of a name in the high half and 1 + its record number in the low.
    private var slots: [UInt64]

    /// An index with room for `capacity` secrets before it grows.
    init(capacity: Int = 0) {
        var size = 64
        while size < capacity * 2 { size *= 2 }
        slots = [UInt64](repeating: 0, count: size)
    }

    /// The record numbers that may be those of `name`.
    func candidates(for name: Digest) -> [Int] {
        var found: [Int] = []
        let tag = SecretIndex.tag(of: name)
        var slot = home(of: name)
        while slots[slot] != 0 {
            if slots[slot] >> 32 == tag { found.append(Int(slots[slot] & 0xffff_ffff) - 1) }
            slot = (slot + 1) & (slots.count - 1)
        }
        return found
    }

    /// Remembers where `name` lies.
    ///
    /// `nameOf` tells the name of a record when the index must grow.
    mutating func insert<Failure: Error>(
        _ name: Digest, at record: Int, nameOf: (Int) throws(Failure) -> Digest
    ) throws(Failure) {
        precondition(record < Int(UInt32.max), "a secrets file of \(record) records")
        if (count + 1) * 2 > slots.count { try grow(nameOf) }
        place(name, record)
        count += 1
    }

    private mutating func grow<Failure: Error>(
        _ nameOf: (Int) throws(Failure) -> Digest
    ) throws(Failure) {
        var larger = SecretIndex(capacity: slots.count)
        for entry in slots where entry != 0 {
            let record = Int(entry & 0xffff_ffff) - 1
            larger.place(try nameOf(record), record)
        }
        slots = larger.slots
    }

    private mutating func place(_ name: Digest, _ record: Int) {
        var slot = home(of: name)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = SecretIndex.tag(of: name) << 32 | UInt64(record + 1)
    }

    private func home(of name: Digest) -> Int {
        Int(truncatingIfNeeded: name.words.0 & UInt64(slots.count - 1))
    }

    private static func tag(of name: Digest) -> UInt64 { name.words.1 >> 32 }
}
