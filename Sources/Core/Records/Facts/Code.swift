/// A code and the system that it is from.
///
/// `system` is the short name that `docs/formats/payload.md` lists (`icd10`, `snomed`, `rxnorm`,
/// `ndc`, `loinc`, `cpt`, `hcpcs`, …), or the URI of the source where there is none.
public struct Code: Hashable, Sendable {
    public let system: String
    public let code: String

    public init(system: String, code: String) {
        self.system = system
        self.code = code
    }
}

extension Code: Comparable {
    public static func < (left: Code, right: Code) -> Bool {
        if left.system != right.system {
            return left.system.utf8.lexicographicallyPrecedes(right.system.utf8)
        }
        return left.code.utf8.lexicographicallyPrecedes(right.code.utf8)
    }
}

extension Code: CustomStringConvertible {
    public var description: String { "\(system)|\(code)" }
}
