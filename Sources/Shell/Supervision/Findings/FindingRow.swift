public import Primitives

/// Under which entry a finding stands on the ledger.
public struct FindingStanding: Hashable, Sendable {
    /// The leaf index of the first entry that bears the finding's id.
    public let leafIndex: UInt64
    public let issuer: InstitutionID
    public let height: Height
    /// The case, under an id that only its parties can link.
    public let blindedCase: OpaqueID
}

extension FindingStanding {
    static func key(_ finding: Digest) -> [UInt8] { Table.finding.key(finding.bytes) }

    /// `leaf, 8 ‖ height, 8 ‖ blinded case, 16 ‖ issuer`.
    var row: [UInt8] {
        leafIndex.bigEndianBytes + height.blocks.bigEndianBytes + blindedCase.bytes
            + Array(issuer.name.utf8)
    }

    init(row: [UInt8], finding: Digest) throws(SupervisionError) {
        guard row.count > 32, let leafIndex = row.bigEndianNumber,
            let height = row.dropFirst(8).bigEndianNumber,
            let blindedCase = OpaqueID(row[16..<32]),
            let issuer = InstitutionID(String(decoding: row[32...], as: UTF8.self))
        else { throw .damaged(table: "finding", key: finding.bytes) }
        self.init(
            leafIndex: leafIndex, issuer: issuer, height: Height(height),
            blindedCase: blindedCase)
    }
}
