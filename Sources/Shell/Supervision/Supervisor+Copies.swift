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
