internal import Primitives

extension Value {
    /// Appends a constant; only what the parser makes of source is a constant.
    func encodeLiteral(into writer: inout CBORWriter) {
        switch self {
        case .bool(let bool): writer.bool(bool)
        case .integer(let integer): writer.integer(integer)
        case .text(let text): writer.text(text)
        case .decimal(let decimal):
            writer.array(3)
            writer.unsigned(2)
            writer.integer(decimal.coefficient)
            writer.unsigned(UInt64(decimal.scale))
        case .instant(let time, let zone):
            writer.array(3)
            writer.unsigned(5)
            writer.integer(time.milliseconds)
            writer.integer(Int64(zone))
        case .date(let day):
            writer.array(2)
            writer.unsigned(7)
            writer.integer(Int64(day.number))
        case .period(let days):
            writer.array(2)
            writer.unsigned(8)
            writer.integer(days)
        case .duration(let milliseconds):
            writer.array(2)
            writer.unsigned(9)
            writer.integer(milliseconds)
        default: writer.null()
        }
    }

    static func decodeLiteral(from reader: inout CBORReader) throws(CBORError) -> Value {
        switch try reader.nextMajorType() {
        case 0, 1: return .integer(try reader.integer())
        case 3: return .text(try reader.text(atMost: Expression.textByteCountMax))
        case 4: return try decodeTagged(from: &reader)
        default: return .bool(try reader.bool())
        }
    }

    private static func decodeTagged(from reader: inout CBORReader) throws(CBORError) -> Value {
        let start = reader.offset
        let count = try reader.array(atMost: 3)
        let tag = try reader.unsigned("form of constant", atMost: 9)
        let number = try reader.integer()
        switch (tag, count) {
        case (2, 3):
            let scale = try reader.unsigned("scale", atMost: UInt64(ExactDecimal.scaleMax))
            guard let decimal = ExactDecimal(coefficient: number, scale: UInt8(scale)),
                decimal.scale == UInt8(scale)
            else {
                throw .notDeterministic(offset: start, reason: "a decimal that is not reduced")
            }
            return .decimal(decimal)
        case (5, 3):
            guard let zone = Int16(exactly: try reader.integer()), abs(Int(zone)) <= 1_440 else {
                throw .outOfRange(offset: start, what: "zone offset", limit: 1_440)
            }
            return .instant(Timestamp(milliseconds: number), zoneMinutes: zone)
        case (7, 2):
            guard let day = Int32(exactly: number) else {
                throw .outOfRange(offset: start, what: "day", limit: UInt64(Int32.max))
            }
            return .date(Day(number: day))
        case (8, 2): return .period(days: number)
        case (9, 2): return .duration(milliseconds: number)
        default:
            throw .unexpected(offset: start, expected: "a constant", found: "form \(tag)")
        }
    }
}
