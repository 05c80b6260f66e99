public import Primitives

/// One write to the state map.
public struct StateWrite: Sendable {
    public let key: Digest
    public let value: [UInt8]

    public init(key: Digest, value: [UInt8]) {
        self.key = key
        self.value = value
    }
}

/// What a block makes of the state map, before it is decided.
public struct StagedMap: Sendable {
    let baseSlotCount: UInt64
    /// How many slots there will be.
    public let slotCount: UInt64
    /// The state root after the changes.
    public let root: Digest
    let staging: Staging
    /// Hashes that change, by level from the leaves up, each level by index.
    let changedHashes: [[(index: Int, hash: Digest)]]

    /// The keys that are new, in the order of their slots, which begin at the old slot count.
    public var newKeys: [Digest] { staging.newSlots.map(\.key) }
}

/// Writes gathered on top of a map that stays as it is.
struct Staging: Sendable {
    private let baseSlotCount: Int
    private(set) var newSlots: [StateWrite] = []
    private(set) var newValues: [Int: [UInt8]] = [:]
    var newNexts: [Int: Digest] = [:]
    private var slotOfNewKey: [Digest: Int] = [:]

    init(slotCount: Int) {
        baseSlotCount = slotCount
    }

    var slotCount: Int { baseSlotCount + newSlots.count }

    /// Every slot whose leaf changes, in order.
    var dirtySlots: [Int] {
        let old = Set(newValues.keys).union(newNexts.keys.filter { $0 < baseSlotCount })
        return old.sorted() + (baseSlotCount..<slotCount)
    }

    mutating func write(_ write: StateWrite, at slot: Int?) {
        if let slot {
            newValues[slot] = write.value
        } else if let position = slotOfNewKey[write.key] {
            newSlots[position] = write
        } else {
            slotOfNewKey[write.key] = newSlots.count
            newSlots.append(write)
        }
    }
}
