public import Primitives

extension Fact {
    /// Appends the fact, as `docs/formats/payload.md` has it.
    public func encode(into writer: inout CBORWriter) {
        writer.array(2)
        writer.unsigned(UInt64(kind.rawValue))
        writer.map(values.count { $0 != nil })
        for (number, value) in values.enumerated() {
            guard let value else { continue }
            writer.unsigned(UInt64(number))
            value.encode(into: &writer)
        }
    }

    /// Reads one fact.
    ///
    /// - Throws: ``FactError`` for anything that is not a fact of a known kind, field and type.
    public static func decode(from reader: inout CBORReader) throws(FactError) -> Fact {
        let kind = try FactKind(from: &reader)
        var fact = Fact(kind)
        let schema = kind.schema
        var previous = -1
        do throws(CBORError) {
            let pairs = try reader.map(atMost: schema.fields.count)
            for _ in 0..<pairs {
                let start = reader.offset
                let number = Int(try reader.unsigned("field number", atMost: 255))
                guard number < schema.fields.count else {
                    throw .key(offset: start, key: UInt64(number), problem: .unknown)
                }
                guard number > previous else { throw .keyOutOfOrder(offset: start) }
                previous = number
                fact.values[number] = try FactValue.decode(
                    schema.fields[number].type, from: &reader)
            }
        } catch {
            throw .malformed(error)
        }
        return fact
    }
}

extension FactKind {
    init(from reader: inout CBORReader) throws(FactError) {
        let number: UInt64
        do throws(CBORError) {
            try reader.array(exactly: 2)
            number = try reader.unsigned("kind of fact", atMost: 255)
        } catch {
            throw .malformed(error)
        }
        guard let kind = FactKind(rawValue: UInt8(number)) else { throw .unknownKind(number) }
        self = kind
    }
}
