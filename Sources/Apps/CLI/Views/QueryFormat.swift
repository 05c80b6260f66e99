internal import Foundation
internal import Interop
internal import Primitives
internal import Proofs
internal import Records

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

    /// What stands after the last row: what was asked, and what it was proved by.
    func closing(_ note: ExportNote, isEmpty: Bool) -> String? {
        switch self {
        case .text: nil
        case .csv: QueryFormat.csvNote + JSONText.of(note)
        case .ndjson: QueryFormat.ndjsonNote + JSONText.of(note) + "}"
        case .fhir: AuditEvents.closing(isEmpty: isEmpty, note: JSONText.of(note))
        }
    }

    /// How the last line of an export begins: a comment as CSV on the Web has them (W3C Tabular
    /// Data Model, section 8), and a line that is no row.
    private static let csvNote = "# custos export "
    private static let ndjsonNote = #"{"export":"#

    func row(_ item: ProvenPage.Item, isFirst: Bool) -> String {
        switch self {
        case .text: QueryRow(item).cells.joined(separator: "  ")
        case .csv: QueryFormat.csv(item)
        case .ndjson: JSONText.of(QueryRow(item))
        case .fhir:
            AuditEvents.separator(isFirst: isFirst)
                + AuditEvents.item(
                    item.entry, leaf: item.leafIndex, leafHash: item.leafHash,
                    height: item.height, isUnfit: item.isUnfit)
        }
    }

    static let csvColumns = [
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

extension QueryFormat {
    /// The form that an export is in, by how it begins; nil of what is none.
    init?(export bytes: [UInt8]) {
        let found = QueryFormat.allCases.first { form in
            switch form {
            case .text: false
            case .csv, .fhir: form.opening.map { bytes.starts(with: $0.utf8) } ?? false
            case .ndjson:
                bytes.starts(with: #"{"entry":{"#.utf8)
                    || bytes.starts(with: QueryFormat.ndjsonNote.utf8)
            }
        }
        guard let found else { return nil }
        self = found
    }

    /// What an export says of itself in its last line; nil where that is not there.
    func note(of export: [UInt8]) -> ExportNote? {
        let lines = export.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // The last line ends, too.
        guard lines.count > 1, lines.last?.isEmpty == true else { return nil }
        let last = String(decoding: lines[lines.count - 2], as: UTF8.self)
        switch self {
        case .text: return nil
        case .csv: return ExportNote(json: last.dropFirst(QueryFormat.csvNote.count))
        case .ndjson:
            return ExportNote(json: last.dropFirst(QueryFormat.ndjsonNote.count).dropLast())
        case .fhir:
            guard let bundle = try? JSONDecoder().decode(Bundle.self, from: Data(export)),
                let text = bundle.meta.extension.first(where: { $0.url == AuditEvents.noteURL })
            else { return nil }
            return ExportNote(json: text.valueString[...])
        }
    }

    /// As much of a FHIR Bundle as says where it came from.
    private struct Bundle: Decodable {
        let meta: Meta

        struct Meta: Decodable {
            let `extension`: [Extension]
        }

        struct Extension: Decodable {
            let url: String
            let valueString: String
        }
    }
}
