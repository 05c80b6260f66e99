internal import Primitives
internal import Proofs
internal import Records

/// What a query asks for: every property that it names, in words.
///
/// Whoever hands an answer over may have narrowed the query: what is left out here would look like
/// an answer about everything.
struct QueryView: Codable, Equatable {
    var patient: String?
    var epochs: [Epoch]?
    var practitioner: String?
    var institution: String?
    var issuer: String?
    var claim: String?
    var prescription: String?
    var kinds: [String]?
    var action: String?
    var purpose: String?
    var basis: String?
    var outcome: String?
    var rule: String?
    /// Inclusive, and exclusive.
    var happenedFrom: String?
    var happenedBefore: String?
    var anchoredFrom: String?
    var anchoredBefore: String?

    /// A patient's pseudonym in one epoch.
    struct Epoch: Codable, Equatable {
        let epoch: UInt32
        let pseudonym: String
    }

    init(_ query: Query) {
        patient = query.patient?.description
        if !query.epochs.isEmpty {
            epochs = query.epochs.map {
                Epoch(epoch: $0.epoch, pseudonym: $0.pseudonym.description)
            }
        }
        practitioner = query.practitioner?.description
        institution = query.institution?.name
        issuer = query.issuer?.name
        claim = query.claim?.description
        prescription = query.prescription?.description
        if !query.kinds.isEmpty {
            kinds = query.kinds.sorted { $0.rawValue < $1.rawValue }
                .map { EntryView.words("\($0)") }
        }
        action = query.action.map { EntryView.words("\($0)") }
        purpose = query.purpose.map { EntryView.words("\($0)") }
        basis = query.basis.map { EntryView.words("\($0)") }
        outcome = query.outcome.map { EntryView.words("\($0)") }
        rule = query.rule
        happenedFrom = query.happenedFrom?.description
        happenedBefore = query.happenedBefore?.description
        anchoredFrom = query.anchoredFrom?.description
        anchoredBefore = query.anchoredBefore?.description
    }

    /// One line for each property.
    var lines: [String] {
        let pseudonyms = epochs?.map { "\($0.pseudonym) in epoch \($0.epoch)" }
        let properties: [(String, String?)] = [
            ("patient", patient), ("patient", pseudonyms?.joined(separator: " or ")),
            ("practitioner", practitioner), ("issued by or about institution", institution),
            ("issued by", issuer), ("claim", claim), ("prescription", prescription),
            ("kind", kinds?.joined(separator: " or ")), ("action", action), ("purpose", purpose),
            ("basis", basis), ("outcome", outcome), ("opens what rule found:", rule),
            ("happened at or after", happenedFrom), ("happened before", happenedBefore),
            ("anchored at or after", anchoredFrom), ("anchored before", anchoredBefore),
        ]
        var lines: [String] = []
        for case (let name, let value?) in properties {
            let start = lines.isEmpty ? "  query   " : "      and "
            lines.append("\(start)\(name) \(value)")
        }
        return lines.isEmpty ? ["  query   every entry"] : lines
    }
}
