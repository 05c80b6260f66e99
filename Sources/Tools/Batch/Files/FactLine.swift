internal import Interop
internal import Primitives
public import Records

/// A fact as one line of JSON, and back.
///
/// Every value is exact: numbers are whole, ids and hashes hexadecimal, codes `system|code`.
/// Source: `docs/formats/facts.md`.
public enum FactLine {
    /// Appends the line of a fact, with its end.
    public static func write(_ fact: AnchoredFact, to bytes: inout [UInt8]) {
        let place = fact.position
        bytes += "{\"leaf\":\(place.leafIndex),\"ordinal\":\(place.ordinal)".utf8
        bytes += ",\"leaf_hash\":\"\(place.leafHash)\",\"height\":\(place.height.blocks)".utf8
        bytes += ",\"anchored\":\(place.anchored.milliseconds),\"issuer\":".utf8
        JSONEscapes.quote(place.issuer.name, into: &bytes)
        for field in fact.fact.kind.schema.fields {
            guard let value = fact.fact[field.number] else { continue }
            write(value, field.name, &bytes)
        }
        bytes += "}\n".utf8
    }

    private static func write(_ value: FactValue, _ name: String, _ bytes: inout [UInt8]) {
        func number(_ suffix: String, _ number: Int64) {
            bytes += ",\"\(name)\(suffix)\":\(number)".utf8
        }
        func text(_ suffix: String, _ text: String) {
            bytes += ",\"\(name)\(suffix)\":".utf8
            JSONEscapes.quote(text, into: &bytes)
        }
        switch value {
        case .text(let words): text("", words)
        case .code(let code): text("", FactLine.text(code))
        case .codes(let codes):
            bytes += ",\"\(name)\":[".utf8
            for (place, code) in codes.enumerated() {
                if place > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONEscapes.quote(FactLine.text(code), into: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .integer(let integer): number("", integer)
        case .decimal(let decimal):
            number("", decimal.coefficient)
            number("_scale", Int64(decimal.scale))
        case .money(let amount):
            number("", amount.minorUnits)
            text("_currency", amount.currency.code)
        case .quantity(let decimal, let unit):
            number("", decimal.coefficient)
            number("_scale", Int64(decimal.scale))
            text("_unit", unit)
        case .date(let day): number("", Int64(day.number))
        case .instant(let time, let zone):
            number("", time.milliseconds)
            number("_zone", Int64(zone))
        case .bool(let bool): bytes += ",\"\(name)\":\(bool)".utf8
        case .id(let id): text("", id.bytes.hex)
        case .institution(let id): text("", id.name)
        }
    }

    /// A code as `system|code`; a bar in the system is written `%7C`, a percent sign `%25`.
    static func text(_ code: Code) -> String {
        guard code.system.utf8.contains(where: { $0 == 0x7c || $0 == 0x25 }) else {
            return "\(code.system)|\(code.code)"
        }
        let system = code.system.replacing("%", with: "%25").replacing("|", with: "%7C")
        return "\(system)|\(code.code)"
    }

    /// Reads the line of a fact of a kind.
    ///
    /// - Throws: ``Problem`` saying what is wrong, and what would be right.
    public static func read(_ line: [UInt8], kind: FactKind) throws(Problem) -> AnchoredFact {
        let document: JSONDocument
        do {
            document = try JSONDocument(line)
        } catch {
            throw Problem("\(error)")
        }
        let reader = FactLineReader(object: document.root)
        return AnchoredFact(fact: try reader.fact(kind), position: try reader.position())
    }

    /// What is wrong with a line.
    public struct Problem: Error, CustomStringConvertible {
        public let description: String

        init(_ description: String) {
            self.description = description
        }
    }
}
