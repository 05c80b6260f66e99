internal import Primitives
internal import Proofs
internal import Records

/// An entry of an answer, for people and programs.
struct QueryRow: Encodable {
    let height: UInt64
    let entry: EntryView

    init(_ item: ProvenPage.Item) {
        height = item.height.blocks
        entry = EntryView(item)
    }

    /// The table's cells: leaf, when, who, what kind, and what stands in clear.
    var cells: [String] {
        let access = entry.access.map {
            "\($0.action) for \($0.purpose), basis \($0.basis), \($0.outcome)"
        }
        return [
            String(entry.leaf), String((entry.time ?? "").prefix(16)), entry.issuer ?? "",
            entry.kind,
            (entry.effect == nil ? "" : "NO EFFECT: ")
                + (access ?? entry.body ?? "sealed to \(entry.recipients.joined(separator: ", "))"),
        ]
    }
}
