internal import Primitives
internal import Records

extension Supervisor {
    /// Throws where a share or notice of a case that can be opened here has a copy of one of these
    /// payloads, and is not to be erased with them.
    ///
    /// Its bundles give evidence with its salt, so a certificate would say what is not so.
    ///
    /// - Throws: ``SupervisionError/held(leafIndex:by:)``.
    func checkCopies(of leaves: [UInt64]) throws(SupervisionError) {
        var salts = SaltSearch()
        for leaf in leaves {
            guard let item = try entries.entry(at: leaf),
                let opened = try payloads.opened(item.entry)
            else { continue }
            salts.add(opened.salt, of: leaf)
        }
        guard !salts.isEmpty else { return }
        for step in try caseDesk.gifts() where !leaves.contains(step) {
            guard let item = try entries.entry(at: step),
                case .opened(let payload) = try entries.content(of: item),
                let leaf = salts.first(in: payload.source)
            else { continue }
            throw .held(
                leafIndex: leaf,
                by: "the \(item.entry.kind) of a case at leaf \(step) has a copy of it, with its "
                    + "salt; erase both together")
        }
    }
}

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
