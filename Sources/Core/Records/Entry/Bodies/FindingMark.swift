public import Primitives

/// What of a finding stands in clear: its id, a hash, and a blinded case id.
public struct FindingMark: Hashable, Sendable {
    /// SHA-256 over the finding's body; one finding stands once.
    public let finding: Digest
    /// The case, under an id that only its parties can link.
    public let blindedCase: OpaqueID

    public init(finding: Digest, blindedCase: OpaqueID) {
        self.finding = finding
        self.blindedCase = blindedCase
    }
}

extension FindingMark {
    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.map(exactly: 2)
        try reader.key(0)
        finding = try reader.digest()
        try reader.key(1)
        blindedCase = try reader.opaqueID()
    }

    func encode(into writer: inout CBORWriter) {
        writer.map(2)
        writer.unsigned(0)
        writer.digest(finding)
        writer.unsigned(1)
        writer.bytes(blindedCase.bytes)
    }
}
