internal import Interop
internal import Primitives
internal import Records

/// Reads the members of one line of facts.
struct FactLineReader {
    let object: JSONValue

    func fact(_ kind: FactKind) throws(FactLine.Problem) -> Fact {
        var fact = Fact(kind)
        for field in kind.schema.fields {
            guard let value = object.member(field.name), !value.isNull else { continue }
            do {
                try fact.set(field.name, to: try self.value(value, field))
            } catch let problem as FactLine.Problem {
                throw problem
            } catch {
                throw FactLine.Problem("\(error)")
            }
        }
        return fact
    }

    func position() throws(FactLine.Problem) -> LedgerPosition {
        guard let hash = Digest(hex: try text("leaf_hash")) else {
            throw FactLine.Problem("leaf_hash is not 64 hexadecimal digits")
        }
        guard let issuer = InstitutionID(try text("issuer")) else {
            throw FactLine.Problem("issuer is not an institution (1 to 32 of a-z, 0-9, -)")
        }
        return LedgerPosition(
            leafIndex: try unsigned("leaf"), leafHash: hash,
            ordinal: UInt32(clamping: try unsigned("ordinal")),
            height: Height(try unsigned("height")),
            anchored: Timestamp(milliseconds: try number("anchored")), issuer: issuer)
    }

    private func unsigned(_ name: String) throws(FactLine.Problem) -> UInt64 {
        guard let found = UInt64(exactly: try number(name)) else {
            throw FactLine.Problem("\(name) is negative")
        }
        return found
    }

    private func number(_ name: String) throws(FactLine.Problem) -> Int64 {
        guard let digits = object.member(name)?.number, let number = Int64(digits) else {
            throw FactLine.Problem("\(name) is not a whole number")
        }
        return number
    }

    private func text(_ name: String) throws(FactLine.Problem) -> String {
        guard let text = object.member(name)?.string else {
            throw FactLine.Problem("\(name) is not a text")
        }
        return text
    }

    private func value(
        _ value: JSONValue, _ field: FactSchema.Field
    ) throws(FactLine.Problem) -> FactValue {
        let name = field.name
        switch field.type {
        case .text: return .text(try text(name))
        case .code: return .code(try code(value, name))
        case .codes:
            guard value.isArray else { throw FactLine.Problem("\(name) is not a list") }
            var codes: [Code] = []
            for item in value.elements { codes.append(try code(item, name)) }
            return .codes(codes)
        case .integer: return .integer(try number(name))
        case .decimal: return .decimal(try decimal(name))
        case .money:
            guard let currency = Currency(try text(name + "_currency")) else {
                throw FactLine.Problem("\(name)_currency is not three letters")
            }
            return .money(Amount(minorUnits: try number(name), currency: currency))
        case .quantity:
            return .quantity(try decimal(name), unit: try text(name + "_unit"))
        case .date: return .date(Day(number: try narrow(name)))
        case .instant:
            return .instant(
                Timestamp(milliseconds: try number(name)), zoneMinutes: try narrow(name + "_zone"))
        case .bool:
            guard let bool = value.bool else {
                throw FactLine.Problem("\(name) is neither true nor false")
            }
            return .bool(bool)
        case .patient, .practitioner, .claim, .prescription:
            guard let id = OpaqueID(hex: try text(name)) else {
                throw FactLine.Problem("\(name) is not 32 hexadecimal digits")
            }
            return .id(id)
        case .institution:
            guard let id = InstitutionID(try text(name)) else {
                throw FactLine.Problem("\(name) is not an institution")
            }
            return .institution(id)
        }
    }

    private func narrow<Number: FixedWidthInteger>(
        _ name: String
    ) throws(FactLine.Problem) -> Number {
        guard let found = Number(exactly: try number(name)) else {
            throw FactLine.Problem("\(name) is out of range")
        }
        return found
    }

    private func decimal(_ name: String) throws(FactLine.Problem) -> ExactDecimal {
        let scale: UInt8 = try narrow(name + "_scale")
        guard let decimal = ExactDecimal(coefficient: try number(name), scale: scale) else {
            throw FactLine.Problem("\(name)_scale is too large")
        }
        return decimal
    }

    private func code(_ value: JSONValue, _ name: String) throws(FactLine.Problem) -> Code {
        let parts = value.string?.split(
            separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        guard let parts, parts.count == 2 else {
            throw FactLine.Problem("\(name) is not a code such as rxnorm|1049502")
        }
        return Code(
            system: String(parts[0]).replacing("%7C", with: "|").replacing("%25", with: "%"),
            code: String(parts[1]))
    }
}
