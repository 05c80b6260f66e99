internal import Cryptography
internal import Primitives
internal import Records
internal import RuleEngine
internal import RuleLanguage

/// A fact of a test before it stands on a ledger: its kind, and its fields as they were written.
struct FactSketch {
    let kind: FactKind
    private var fields: [(name: String, value: Document)] = []
    private let document: Document

    /// Fields of a fact's place on the ledger, which every kind has.
    static let placeFields = ["anchored", "issuer"]

    /// `KIND: {field: value, …}`.
    init(_ document: Document) throws(TextError) {
        let kinds = try document.fields()
        guard kinds.count == 1, let (name, fields) = kinds.first,
            let kind = FactKind(name: name.name)
        else { throw document.error(FactSketch.unknownKind(kinds.first?.name.name)) }
        self.kind = kind
        self.document = document
        for (field, value) in try fields.fields() { try set(field.name, to: value) }
    }

    /// A fact of a kind, of which no field is known yet; errors about the whole of it stand at
    /// `document`.
    init(_ kind: FactKind, at document: Document) {
        self.kind = kind
        self.document = document
    }

    static func unknownKind(_ name: String?) -> String {
        let names = FactKind.allCases.map(\.name)
        let hint = name.flatMap { NearestName.of($0, in: names) }
        return "a fact is 'KIND: {field: value}'"
            + (hint.map { "; did you mean '\($0)'?" } ?? "")
    }

    /// Gives a field a value, in place of the one that it has.
    mutating func set(_ name: String, to value: Document) throws(TextError) {
        try checkName(name, at: value)
        if let place = fields.firstIndex(where: { $0.name == name }) {
            fields[place].value = value
        } else {
            fields.append((name, value))
        }
    }

    /// Takes a field away, so that it is not known.
    mutating func remove(_ name: String, at document: Document) throws(TextError) {
        try checkName(name, at: document)
        guard let place = fields.firstIndex(where: { $0.name == name }) else {
            throw document.error("the field '\(name)' is not known here anyway")
        }
        fields.remove(at: place)
    }

    /// Throws at `document` where the kind has no such field.
    func checkName(_ name: String, at document: Document) throws(TextError) {
        let names = kind.schema.fields.map(\.name) + FactSketch.placeFields
        guard !names.contains(name) else { return }
        let hint = NearestName.of(name, in: names)
        throw document.error(
            "a \(kind.name) has no field '\(name)'"
                + (hint.map { "; did you mean '\($0)'?" } ?? ""))
    }

    /// The fact at a place on the ledger, as a copy whose number stands for `{n}` in its values.
    func anchored(leaf: UInt64, copy: Int = 1) throws(TextError) -> AnchoredFact {
        var fact = Fact(kind)
        var anchored = Timestamp(milliseconds: 946_684_800_000 + Int64(leaf) * 1_000)
        var issuer = "hospital"
        for (name, written) in fields {
            let value = written.numbered(copy)
            switch name {
            case "anchored": anchored = try FactText.moment(value)
            case "issuer": issuer = try value.text()
            default: try FactSketch.set(name, to: value, in: &fact)
            }
        }
        guard let institution = InstitutionID(issuer) else {
            throw document.error("'\(issuer)' is no institution (1 to 32 of a-z, 0-9, -)")
        }
        return AnchoredFact(
            fact: fact,
            position: LedgerPosition(
                leafIndex: leaf, leafHash: SHA256.hash(Array("test leaf \(leaf)".utf8)),
                ordinal: 0, height: Height(leaf), anchored: anchored, issuer: institution))
    }

    private static func set(
        _ name: String, to value: Document, in fact: inout Fact
    ) throws(TextError) {
        guard let field = fact.kind.schema.field(named: name) else { return }
        let read = try FactText.value(value, as: field.type)
        do throws(FactError) {
            try fact.set(name, to: read)
        } catch {
            throw value.error("\(error)")
        }
    }
}
