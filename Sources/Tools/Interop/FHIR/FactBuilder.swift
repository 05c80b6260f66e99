internal import Primitives
internal import Records

/// Fills the fields of a fact by name.
///
/// Names and types are the mapping's own, never data: a wrong one is a mistake of this module
/// and stops the tests.
struct FactBuilder {
    private(set) var fact: Fact

    init(_ kind: FactKind) {
        fact = Fact(kind)
    }

    /// Sets a field; a value that is unknown leaves it absent.
    mutating func set(_ name: String, _ value: FactValue?) {
        guard let value else { return }
        do {
            try fact.set(name, to: value)
        } catch {
            preconditionFailure("\(error)")
        }
    }

    mutating func set(_ name: String, text: String?) {
        // A longer text is no field that a rule reads; the source document keeps it.
        guard let text, text.utf8.count <= FactBuilder.textByteCountMax else { return }
        set(name, .text(text))
    }

    mutating func set(_ name: String, code: Code?) {
        guard let code, code.system.utf8.count <= FactBuilder.textByteCountMax,
            code.code.utf8.count <= FactBuilder.textByteCountMax
        else { return }
        set(name, .code(code))
    }

    mutating func set(_ name: String, codes: [Code]) {
        guard !codes.isEmpty, codes.count <= FactBuilder.codeCountMax,
            codes.allSatisfy({
                $0.system.utf8.count <= FactBuilder.textByteCountMax
                    && $0.code.utf8.count <= FactBuilder.textByteCountMax
            })
        else { return }
        set(name, .codes(codes))
    }

    mutating func set(_ name: String, id: OpaqueID?) {
        set(name, id.map(FactValue.id))
    }

    mutating func set(_ name: String, institution: InstitutionID?) {
        set(name, institution.map(FactValue.institution))
    }

    mutating func set(_ name: String, bool: Bool?) {
        set(name, bool.map(FactValue.bool))
    }

    mutating func set(_ name: String, day: Day?) {
        set(name, day.map(FactValue.date))
    }

    mutating func set(_ name: String, integer: Int64?) {
        set(name, integer.map(FactValue.integer))
    }

    mutating func set(_ name: String, time: FHIRTime?) {
        set(name, time?.instantValue)
    }

    /// The limits of `docs/formats/payload.md`, as the reader of facts enforces them.
    static let textByteCountMax = 4_096
    static let codeCountMax = 256
}
