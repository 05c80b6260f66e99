internal import Interop
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

/// The forms that rows are written in, one after the other, however many there are.
enum QueryFormat: String, CaseIterable {
    case text
    case csv
    case ndjson
    case fhir

    /// What stands before the first row.
    var opening: String? {
        switch self {
        case .text, .ndjson: nil
        case .csv: QueryFormat.csvColumns.joined(separator: ",")
        case .fhir: AuditEvents.opening
        }
    }

    /// What stands after the last row.
    var closing: String? { self == .fhir ? AuditEvents.closing : nil }

    func row(_ item: ProvenPage.Item, isFirst: Bool) -> String {
        switch self {
        case .text: QueryRow(item).cells.joined(separator: "  ")
        case .csv: QueryFormat.csv(item)
        case .ndjson: JSONText.of(QueryRow(item))
        case .fhir:
            (isFirst ? "" : AuditEvents.separator)
                + AuditEvents.item(
                    item.entry, leaf: item.leafIndex, leafHash: item.leafHash,
                    height: item.height, isUnfit: item.isUnfit)
        }
    }

    private static let csvColumns = [
        "leaf", "block", "kind", "issuer", "stream", "number", "happened", "patients",
        "practitioners", "institutions", "claims", "prescriptions", "action", "purpose", "basis",
        "outcome", "leaf_hash", "effect",
    ]

    /// Nothing on the ledger that is written here has a comma or a quote in it.
    private static func csv(_ item: ProvenPage.Item) -> String {
        let entry = item.entry
        func ids(_ type: UInt8) -> String {
            entry.subjects.filter { $0.typeNumber == type }.map { subject in
                if case .institution(let id) = subject { return id.name }
                return subject.opaqueID?.description ?? ""
            }.joined(separator: " ")
        }
        let access = entry.access
        return [
            "\(item.leafIndex)", "\(item.height)", "\(entry.kind)",
            entry.isCarried ? entry.issuer.name : "", entry.isCarried ? "\(entry.stream)" : "",
            entry.isCarried ? "\(entry.number)" : "", entry.isTimed ? "\(entry.eventTime)" : "",
            ids(1), ids(2), ids(3), ids(4), ids(5), access.map { "\($0.action)" } ?? "",
            access.map { "\($0.purpose)" } ?? "", access.map { "\($0.basis)" } ?? "",
            access.map { "\($0.outcome)" } ?? "", "\(item.leafHash)",
            item.isUnfit.map { $0 ? "none" : "full" } ?? "",
        ].joined(separator: ",")
    }
}
