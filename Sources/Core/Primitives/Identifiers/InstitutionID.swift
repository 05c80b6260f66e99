/// The ledger's short name of an institution: 1 to 32 of `a-z`, `0-9` and `-`.
///
/// ASCII only, so that equal names have equal bytes, and order is the order of the bytes.
public struct InstitutionID: Hashable, Sendable, CustomStringConvertible {
    public let name: String

    /// The longest name, in bytes.
    public static let byteCountMax = 32

    /// The institution with this name, or nil where the name breaks the rule above.
    public init?(_ name: String) {
        guard InstitutionID.isName(name.utf8) else { return nil }
        self.name = name
    }

    /// The institution whose name has these bytes, or nil where they break the rule above.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard InstitutionID.isName(bytes) else { return nil }
        name = String(decoding: bytes, as: UTF8.self)
    }

    private static func isName(_ bytes: some Collection<UInt8>) -> Bool {
        let allowed = bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return allowed && (1...InstitutionID.byteCountMax).contains(bytes.count)
    }

    public var description: String { name }
}

extension InstitutionID: Comparable {
    public static func < (left: InstitutionID, right: InstitutionID) -> Bool {
        // Of ASCII alone, so Swift's order of strings is that of their bytes, and quicker.
        left.name < right.name
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
        guard let id = InstitutionID(try utf8(atMost: InstitutionID.byteCountMax)) else {
            throw .unexpected(
                offset: start, expected: "an institution id (1 to 32 of a-z, 0-9, -)",
                found: "other text")
        }
        return id
    }
}
