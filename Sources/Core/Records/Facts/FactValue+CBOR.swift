public import Primitives

/// The number that opens each value that is an array.
private enum Form: UInt64 {
    case code = 1
    case decimal = 2
    case money = 3
    case quantity = 4
    case instant = 5
    case codes = 6
}

/// The longest text, code or unit in a fact, in bytes.
private let textByteCountMax = 4_096

/// The most codes that one field holds.
private let codeCountMax = 256

extension FactValue {
    /// Appends the value, as `docs/formats/payload.md` has it.
    public func encode(into writer: inout CBORWriter) {
        switch self {
        case .text(let text):
            writer.text(text)
        case .code(let code):
            open(.code, count: 3, &writer)
            writer.text(code.system)
            writer.text(code.code)
        case .codes(let codes):
            open(.codes, count: 2, &writer)
            writer.array(codes.count)
            for code in codes {
                writer.array(2)
                writer.text(code.system)
                writer.text(code.code)
            }
        case .integer(let integer):
            writer.integer(integer)
        case .decimal(let decimal):
            open(.decimal, count: 3, &writer)
            writer.integer(decimal.coefficient)
            writer.unsigned(UInt64(decimal.scale))
        case .money(let amount):
            open(.money, count: 3, &writer)
            writer.integer(amount.minorUnits)
            writer.text(amount.currency.code)
        case .quantity(let number, let unit):
            open(.quantity, count: 4, &writer)
            writer.integer(number.coefficient)
            writer.unsigned(UInt64(number.scale))
            writer.text(unit)
        case .date(let day):
            writer.integer(Int64(day.number))
        case .instant(let time, let zoneMinutes):
            open(.instant, count: 3, &writer)
            writer.integer(time.milliseconds)
            writer.integer(Int64(zoneMinutes))
        case .bool(let bool):
            writer.bool(bool)
        case .id(let id):
            writer.bytes(id.bytes)
        case .institution(let id):
            writer.institution(id)
        }
    }

    /// Reads a value of a known type.
    public static func decode(
        _ type: FactType, from reader: inout CBORReader
    ) throws(CBORError) -> FactValue {
        switch type {
        case .text: return .text(try reader.text(atMost: textByteCountMax))
        case .integer: return .integer(try reader.integer())
        case .bool: return .bool(try reader.bool())
        case .institution: return .institution(try reader.institution())
        case .patient, .practitioner, .claim, .prescription:
            return .id(try reader.opaqueID())
        case .date:
            let start = reader.offset
            guard let number = Int32(exactly: try reader.integer()) else {
                throw .outOfRange(offset: start, what: "day", limit: UInt64(Int32.max))
            }
            return .date(Day(number: number))
        case .code:
            try open(.code, count: 3, &reader)
            return .code(try code(&reader))
        case .codes:
            try open(.codes, count: 2, &reader)
            var codes: [Code] = []
            for _ in 0..<(try reader.array(atMost: codeCountMax)) {
                try reader.array(exactly: 2)
                codes.append(try code(&reader))
            }
            return .codes(codes)
        case .decimal:
            try open(.decimal, count: 3, &reader)
            return .decimal(try decimal(&reader))
        case .quantity:
            try open(.quantity, count: 4, &reader)
            return .quantity(
                try decimal(&reader), unit: try reader.text(atMost: textByteCountMax))
        case .money: return .money(try money(&reader))
        case .instant: return try instant(&reader)
        }
    }

    private static func money(_ reader: inout CBORReader) throws(CBORError) -> Amount {
        try open(.money, count: 3, &reader)
        let minorUnits = try reader.integer()
        let start = reader.offset
        guard let currency = Currency(try reader.text(atMost: 3)) else {
            throw .unexpected(offset: start, expected: "a currency code", found: "other text")
        }
        return Amount(minorUnits: minorUnits, currency: currency)
    }

    private static func instant(_ reader: inout CBORReader) throws(CBORError) -> FactValue {
        try open(.instant, count: 3, &reader)
        let milliseconds = try reader.integer()
        let start = reader.offset
        let zone = try reader.integer()
        guard let zoneMinutes = Int16(exactly: zone), abs(Int(zoneMinutes)) <= 1_440 else {
            throw .outOfRange(offset: start, what: "zone offset", limit: 1_440)
        }
        return .instant(Timestamp(milliseconds: milliseconds), zoneMinutes: zoneMinutes)
    }

    private static func code(_ reader: inout CBORReader) throws(CBORError) -> Code {
        Code(
            system: try reader.text(atMost: textByteCountMax),
            code: try reader.text(atMost: textByteCountMax))
    }

    private static func decimal(_ reader: inout CBORReader) throws(CBORError) -> ExactDecimal {
        let start = reader.offset
        let coefficient = try reader.integer()
        let scale = try reader.unsigned("scale", atMost: UInt64(ExactDecimal.scaleMax))
        guard let decimal = ExactDecimal(coefficient: coefficient, scale: UInt8(scale)),
            decimal.scale == UInt8(scale)
        else { throw .notDeterministic(offset: start, reason: "a decimal that is not reduced") }
        return decimal
    }

    private func open(_ form: Form, count: Int, _ writer: inout CBORWriter) {
        writer.array(count)
        writer.unsigned(form.rawValue)
    }

    private static func open(
        _ form: Form, count: Int, _ reader: inout CBORReader
    ) throws(CBORError) {
        try reader.array(exactly: count)
        let start = reader.offset
        guard try reader.unsigned() == form.rawValue else {
            throw .unexpected(offset: start, expected: "a \(form)", found: "another form of value")
        }
    }
}
