internal import Primitives
internal import Records

extension CSVMapper {
    /// One fact of a row, or one for each of its items; an item that stands twice counts twice.
    mutating func facts(
        _ rule: CSVMapping.FactRule, _ row: CSVRow, _ context: Context
    ) throws(ElementError) -> [Fact] {
        guard let items = rule.items else { return [try fact(rule, row, context)] }
        guard let place = places[items.column] else { return [] }
        var facts: [Fact] = []
        var context = context
        for text in row.fields[place].split(separator: items.separator) {
            context.item = (String(text), facts.count + 1)
            facts.append(try fact(rule, row, context))
        }
        return facts
    }

    private mutating func fact(
        _ rule: CSVMapping.FactRule, _ row: CSVRow, _ context: Context
    ) throws(ElementError) -> Fact {
        var fact = FactBuilder(rule.kind)
        for field in rule.fields {
            fact.set(field.name, try value(field.value, field.type, row, context))
        }
        return fact.fact
    }

    /// The text that a value says, nil where it is unknown.
    mutating func text(
        _ value: CSVValue, _ row: CSVRow, _ context: Context
    ) throws(ElementError) -> String? {
        guard let raw = try raw(value, row, context), !raw.isEmpty, !value.unknowns.contains(raw)
        else { return nil }
        if value.translations.isEmpty { return value.prefix + raw }
        if let translation = value.translations[raw] { return value.prefix + translation }
        if let otherwise = value.otherwise { return value.prefix + otherwise }
        let texts = value.translations.keys.sorted().joined(separator: ", ")
        throw ElementError(
            element: value.column, error: .notA(expected: "one of \(texts)", found: raw))
    }

    private mutating func raw(
        _ value: CSVValue, _ row: CSVRow, _ context: Context
    ) throws(ElementError) -> String? {
        switch value.source {
        case .column(let name): return places[name].map { row.fields[$0] }
        case .constant(let text): return text
        case .lookup(let name, let by, let column):
            guard let key = places[by].map({ row.fields[$0] }), !key.isEmpty else { return nil }
            switch lookups[name]?.value(of: column, key: key) {
            case .found(let text): return text
            case .ambiguous:
                note(by, "several rows of \(name) disagree about \(column)")
                return nil
            case .noSuchKey, nil:
                note(by, "not in \(name)")
                return nil
            }
        case .joined(let parts, let separator):
            var texts: [String] = []
            for part in parts {
                if let text = try text(part, row, context) { texts.append(text) }
            }
            return texts.isEmpty ? nil : texts.joined(separator: separator)
        case .header(let part):
            guard let access = context.access else { return nil }
            switch part {
            case .action: return AccessWords.name(access.action)
            case .purpose: return AccessWords.name(access.purpose)
            case .basis: return AccessWords.name(access.basis)
            case .outcome: return AccessWords.name(access.outcome)
            }
        case .item: return context.item?.text
        case .itemNumber: return context.item.map { String($0.number) }
        case .subject, .issuer: return nil
        }
    }

    /// The value of a field, nil where it is unknown.
    mutating func value(
        _ value: CSVValue, _ type: FactType, _ row: CSVRow, _ context: Context
    ) throws(ElementError) -> FactValue? {
        switch value.source {
        case .subject(let name): return context.ids[name].map(FactValue.id)
        case .issuer: return .institution(context.issuer)
        default: break
        }
        guard let text = try text(value, row, context) else { return nil }
        guard text.utf8.count <= FactBuilder.textByteCountMax else {
            note(value.column, "longer than a fact holds")
            return nil
        }
        if type == .quantity, let number = ExactDecimal(text) {
            return try quantity(number, value, row, context)
        }
        if let parsed = parsed(text, type, value) { return parsed }
        guard !value.isLenient else {
            note(value.column, "not \(CSVMapper.expected(type))")
            return nil
        }
        throw ElementError(
            element: value.column, error: .notA(expected: CSVMapper.expected(type), found: text))
    }

    private mutating func quantity(
        _ number: ExactDecimal, _ value: CSVValue, _ row: CSVRow, _ context: Context
    ) throws(ElementError) -> FactValue? {
        var unit: String?
        for part in value.unit { unit = try text(part, row, context) }
        guard let unit, unit.utf8.count <= FactBuilder.textByteCountMax else {
            note(value.column, "no unit")
            return nil
        }
        return .quantity(number, unit: unit)
    }

    private func parsed(_ text: String, _ type: FactType, _ value: CSVValue) -> FactValue? {
        switch type {
        case .text: return .text(text)
        case .code: return value.system.map { .code(Code(system: $0, code: text)) }
        case .codes:
            guard let system = value.system else { return nil }
            let codes = text.split(separator: " ").map { Code(system: system, code: String($0)) }
            return codes.count <= FactBuilder.codeCountMax ? .codes(codes) : nil
        case .integer: return Int64(text).map(FactValue.integer)
        case .decimal: return ExactDecimal(text).map(FactValue.decimal)
        case .money:
            guard let currency = value.currency.flatMap(Currency.init),
                let decimal = ExactDecimal(text)
            else { return nil }
            return Amount(major: decimal, currency: currency).map(FactValue.money)
        case .date: return time(text)?.civilDay.map(FactValue.date)
        case .instant: return time(text)?.instantValue
        case .bool: return text == "true" ? .bool(true) : text == "false" ? .bool(false) : nil
        case .quantity, .patient, .practitioner, .institution, .claim, .prescription:
            return nil
        }
    }

    mutating func instant(_ value: CSVValue, _ row: CSVRow) throws(ElementError) -> FHIRTime? {
        guard let text = try text(value, row, Context(issuer: issuer)) else { return nil }
        guard let time = time(text), time.instantValue != nil else {
            throw ElementError(
                element: value.column,
                error: .notA(expected: CSVMapper.expected(.instant), found: text))
        }
        return time
    }

    /// `YYYY-MM-DD`, or with a time after `T` or a space; a zone may follow the time.
    private func time(_ text: String) -> FHIRTime? {
        var bytes = Array(text.utf8)
        guard bytes.count > 10 else { return FHIRTime(bytes[...]) }
        if bytes[10] == UInt8(ascii: " ") { bytes[10] = UInt8(ascii: "T") }
        return FHIRTime(bytes[...]) ?? FHIRTime((bytes + Array(mapping.zone.utf8))[...])
    }

    private static func expected(_ type: FactType) -> String {
        switch type {
        case .integer: "a whole number"
        case .decimal, .quantity: "a decimal of at most 18 digits"
        case .money: "an amount in whole minor units"
        case .date: "a day, YYYY-MM-DD"
        case .instant: "a time, YYYY-MM-DD hh:mm:ss"
        case .bool: "true or false"
        default: "a value of type \(type)"
        }
    }
}
