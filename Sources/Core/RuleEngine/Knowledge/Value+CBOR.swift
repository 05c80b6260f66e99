internal import Primitives
internal import RuleLanguage

extension Value {
    /// How many digits a quotient keeps where it is written down: half rounded to even.
    static let writtenScale: UInt8 = 6

    /// Appends the value as `docs/formats/payload.md` has it; unknown is null.
    func encode(into writer: inout CBORWriter) {
        switch self {
        case .bool(let bool): writer.bool(bool)
        case .integer(let integer): writer.integer(integer)
        case .date(let day): writer.integer(Int64(day.number))
        case .period(let days): writer.integer(days)
        case .duration(let milliseconds): writer.integer(milliseconds)
        case .text(let text): writer.text(text)
        case .id(let id): writer.bytes(id.bytes)
        case .institution(let id): writer.institution(id)
        case .decimal(let decimal): Value.encode(decimal, into: &writer)
        case .ratio(let ratio):
            guard
                let decimal = ExactMath.divide(
                    ratio.numerator, by: ratio.denominator, scale: Value.writtenScale)
            else { return writer.null() }
            Value.encode(decimal, into: &writer)
        case .code(let system, let code):
            Value.open(1, count: 3, &writer)
            writer.text(system)
            writer.text(code)
        case .money(let amount):
            Value.open(3, count: 3, &writer)
            writer.integer(amount.minorUnits)
            writer.text(amount.currency.code)
        case .quantity(let number, let unit):
            Value.open(4, count: 4, &writer)
            writer.integer(number.coefficient)
            writer.unsigned(UInt64(number.scale))
            writer.text(unit)
        case .instant(let time, let zone):
            Value.open(5, count: 3, &writer)
            writer.integer(time.milliseconds)
            writer.integer(Int64(zone))
        case .list(let values):
            writer.array(2)
            writer.unsigned(7)
            writer.array(values.count)
            for value in values { value.encode(into: &writer) }
        case .unknown: writer.null()
        }
    }

    private static func encode(_ decimal: ExactDecimal, into writer: inout CBORWriter) {
        open(2, count: 3, &writer)
        writer.integer(decimal.coefficient)
        writer.unsigned(UInt64(decimal.scale))
    }

    private static func open(_ form: UInt64, count: Int, _ writer: inout CBORWriter) {
        writer.array(count)
        writer.unsigned(form)
    }
}
