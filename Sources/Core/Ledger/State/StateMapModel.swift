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

    /// The map that holds the sentinel only.
    public init(ledger: LedgerID) {
        self.ledger = ledger
        slots = [(.sentinel, [])]
    }

    /// Puts a value under a key; a key that is new takes the next slot.
    public mutating func set(_ key: StateKey, _ value: [UInt8]) {
        if let slot = slots.firstIndex(where: { $0.key == key }) {
            slots[slot].value = value
        } else {
            slots.append((key, value))
        }
    }

    /// Deletes a key that is there: it keeps its slot, with the value null.
    public mutating func delete(_ key: StateKey) {
        guard let slot = slots.firstIndex(where: { $0.key == key }) else { return }
        slots[slot].value = [0xf6]
    }

    /// The leaf hashes, by slot.
    public var leaves: [Digest] {
        let keys = slots.map { $0.key.digest(in: ledger) }
        let sorted = keys.sorted()
        return slots.indices.map { slot in
            let next = sorted.first { $0 > keys[slot] } ?? .zero
            return SHA256.hash([0] + keys[slot].bytes + next.bytes + slots[slot].value)
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
        bytes.appendBigEndian(UInt64(slots.count))
        return SHA256.hash(bytes + level[0].bytes)
    }
}
