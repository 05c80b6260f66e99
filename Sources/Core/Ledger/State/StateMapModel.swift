internal import Cryptography
public import Primitives

/// The authenticated map, slow and obviously right: what the quick one is tested against.
///
/// It keeps keys and values by slot and computes everything from them each time it is asked,
/// word by word as `docs/formats/state.md` has it.
public struct StateMapModel: Sendable {
    public let ledger: LedgerID
    /// Keys and value bytes, by slot.
    public private(set) var slots: [(key: StateKey, value: [UInt8])]
    private var places: [StateKey: Int] = [.sentinel: 0]

    /// The map that holds the sentinel only.
    public init(ledger: LedgerID) {
        self.ledger = ledger
        slots = [(.sentinel, [])]
    }

    /// Puts a value under a key; a key that is new takes the next slot.
    public mutating func set(_ key: StateKey, _ value: [UInt8]) {
        if let slot = places[key] {
            slots[slot].value = value
        } else {
            places[key] = slots.count
            slots.append((key, value))
        }
    }

    /// Deletes a key that is there: it keeps its slot, with the value null.
    public mutating func delete(_ key: StateKey) {
        guard let slot = places[key] else { return }
        slots[slot].value = [0xf6]
    }

    /// The leaf hashes, by slot.
    public var leaves: [Digest] {
        let keys = slots.map { $0.key.digest(in: ledger) }
        let sorted = keys.indices.sorted { keys[$0] < keys[$1] }
        var next = [Digest](repeating: .zero, count: keys.count)
        for (slot, after) in zip(sorted, sorted.dropFirst()) { next[slot] = keys[after] }
        return slots.indices.map { slot in
            SHA256.hash([0] + keys[slot].bytes + next[slot].bytes + slots[slot].value)
        }
    }

    /// The state root: H(0x02 ‖ number of slots ‖ root of the binary tree over the slots).
    public var root: Digest {
        var level = leaves
        while level.count > 1 {
            if !level.count.isMultiple(of: 2) { level.append(.zero) }
            level = stride(from: 0, to: level.count, by: 2).map { index in
                SHA256.hash([1] + level[index].bytes + level[index + 1].bytes)
            }
        }
        var bytes: [UInt8] = [2]
        bytes.append(bigEndian: UInt64(slots.count))
        return SHA256.hash(bytes + level[0].bytes)
    }
}
