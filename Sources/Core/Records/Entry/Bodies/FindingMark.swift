public import Primitives

/// What of a finding stands in clear: its id, a hash, a blinded case id, and whether it is
/// withdrawn by this entry.
public struct FindingMark: Hashable, Sendable {
    /// SHA-256 over the finding's body; one finding stands once.
    public let finding: Digest
    /// The case, under an id that only its parties can link.
    public let blindedCase: OpaqueID
    /// Whether the entry says that the finding does not hold any more.
    public let isWithdrawn: Bool

    public init(finding: Digest, blindedCase: OpaqueID, isWithdrawn: Bool = false) {
        self.finding = finding
        self.blindedCase = blindedCase
        self.isWithdrawn = isWithdrawn
    }
}

extension FindingMark {
    init(from reader: inout CBORReader) throws(CBORError) {
        let start = reader.offset
        let fields = try reader.map(atMost: 3)
        guard fields >= 2 else {
            throw .unexpected(
                offset: start, expected: "a finding's id and case", found: "\(fields) fields")
        }
        try reader.key(0)
        finding = try reader.digest()
        try reader.key(1)
        blindedCase = try reader.opaqueID()
        isWithdrawn = fields == 3
        guard isWithdrawn else { return }
        try reader.key(2)
        let flag = reader.offset
        guard try reader.bool() else {
            throw .unexpected(offset: flag, expected: "true, or no field 2", found: "false")
        }
    }

    func encode(into writer: inout CBORWriter) {
        writer.map(isWithdrawn ? 3 : 2)
        writer.unsigned(0)
        writer.digest(finding)
        writer.unsigned(1)
        writer.bytes(blindedCase.bytes)
        guard isWithdrawn else { return }
        writer.unsigned(2)
        writer.bool(true)
    }
}
