/// Finds which of many salts stands in bytes, looking at each byte once.
struct SaltSearch {
    /// By their first eight bytes.
    private var salts: [UInt64: [(salt: [UInt8], leaf: UInt64)]] = [:]

    var isEmpty: Bool { salts.isEmpty }

    mutating func add(_ salt: [UInt8], of leaf: UInt64) {
        guard let beginning = salt.bigEndianNumber else { return }
        salts[beginning, default: []].append((salt, leaf))
    }

    /// The leaf whose salt stands first in the bytes; nil where none does.
    func first(in bytes: [UInt8]) -> UInt64? {
        var window: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            window = window << 8 | UInt64(byte)
            guard index >= 7, let found = salts[window] else { continue }
            let rest = bytes[(index - 7)...]
            if let hit = found.first(where: { rest.starts(with: $0.salt) }) { return hit.leaf }
        }
        return nil
    }
}
