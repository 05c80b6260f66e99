/// The ledger's short name of an institution: 1 to 32 of `a-z`, `0-9` and `-`.
///
/// ASCII only, so that equal names have equal bytes, and order is the order of the bytes.
public struct InstitutionID: Hashable, Sendable, CustomStringConvertible {
    public let name: String

    /// The longest name, in bytes.
    public static let byteCountMax = 32

    /// The institution with this name, or nil where the name breaks the rule above.
    public init?(_ name: String) {
        let allowed = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard allowed, (1...InstitutionID.byteCountMax).contains(name.utf8.count) else {
            return nil
        }
        self.name = name
    }

    public var description: String { name }
}

extension InstitutionID: Comparable {
    public static func < (left: InstitutionID, right: InstitutionID) -> Bool {
        left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
}

extension CBORWriter {
    public mutating func institution(_ id: InstitutionID) {
        text(id.name)
    }
}

extension CBORReader {
    public mutating func institution() throws(CBORError) -> InstitutionID {
        let start = offset
        let name = try text(atMost: InstitutionID.byteCountMax)
        guard let id = InstitutionID(name) else {
            throw .unexpected(
                offset: start, expected: "an institution id (1 to 32 of a-z, 0-9, -)",
                found: "other text")
        }
        return id
    }
}
