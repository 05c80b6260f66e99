public import Records
public import RuleLanguage

/// The fields that every row has beside those of its fact.
enum PlaceField: Int, CaseIterable {
    /// When the ledger took the entry.
    case anchored = 1_000
    /// Who sent it.
    case issuer = 1_001

    var name: String { "\(self)" }
    var type: RuleType { self == .anchored ? .instant : .institution }
}

extension RuleSchema {
    /// What rules may say of facts and of these tables.
    ///
    /// A kind's index is its place in `FactKind.allCases`.
    public static func facts(tables: [TableSchema]) -> RuleSchema {
        RuleSchema(kinds: FactKind.allCases.map(\.ruleSchema), tables: tables)
    }
}

extension FactKind {
    /// The index of the kind in ``RuleLanguage/RuleSchema``.
    var index: Int { Int(rawValue) - 1 }

    var ruleSchema: KindSchema {
        var fields = schema.fields.map { field in
            KindSchema.Field(name: field.name, type: field.type.ruleType, number: field.number)
        }
        fields += PlaceField.allCases.map { field in
            KindSchema.Field(name: field.name, type: field.type, number: field.rawValue)
        }
        return KindSchema(name: name, fields: fields, times: times)
    }

    /// Which fields say when a row of the kind begins and ends.
    var times: KindSchema.Times? {
        switch self {
        case .patient, .practitioner, .institution: nil
        case .access, .administration, .identityCheck, .result:
            KindSchema.Times(start: "at", end: .start)
        case .claimLine, .stockMovement: KindSchema.Times(start: "date", end: .start)
        case .claimResponse: KindSchema.Times(start: "decided", end: .start)
        case .prescription: KindSchema.Times(start: "written", end: .start)
        case .dispense: KindSchema.Times(start: "date", end: .days("days"))
        case .claim, .encounter, .record, .relationship, .roster, .consent, .coverage, .sanction:
            KindSchema.Times(start: "from", end: .field("to"))
        }
    }
}

extension FactType {
    /// The type that an expression over such a field has.
    public var ruleType: RuleType {
        switch self {
        case .text: .text
        case .code: .code
        case .codes: .list(.code)
        case .integer: .integer
        case .decimal: .decimal
        case .money: .money
        case .quantity: .quantity
        case .date: .date
        case .instant: .instant
        case .bool: .bool
        case .patient: .patient
        case .practitioner: .practitioner
        case .institution: .institution
        case .claim: .claim
        case .prescription: .prescription
        }
    }
}

extension Value {
    /// The value of a field of a fact.
    init(_ value: FactValue) {
        switch value {
        case .text(let text): self = .text(text)
        case .code(let code): self = .code(system: code.system, code: code.code)
        case .codes(let codes):
            self = .list(codes.map { .code(system: $0.system, code: $0.code) })
        case .integer(let integer): self = .integer(integer)
        case .decimal(let decimal): self = .decimal(decimal)
        case .money(let amount): self = .money(amount)
        case .quantity(let number, let unit): self = .quantity(number, unit: unit)
        case .date(let day): self = .date(day)
        case .instant(let time, let zone): self = .instant(time, zoneMinutes: zone)
        case .bool(let bool): self = .bool(bool)
        case .id(let id): self = .id(id)
        case .institution(let id): self = .institution(id)
        }
    }
}
