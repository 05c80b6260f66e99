internal import Ledger
public import Primitives
internal import Records

/// Under which entry a finding stands on the ledger, and which entry withdrew it.
public struct FindingStanding: Hashable, Sendable {
    /// The leaf index of the entry that stated it.
    public let leafIndex: UInt64
    public let issuer: InstitutionID
    public let height: Height
    /// The case, under an id that only its parties can link.
    public let blindedCase: OpaqueID
    /// The entry that withdrew it; nil while it stands.
    public let withdrawal: Withdrawal?

    /// Where a finding was withdrawn.
    public struct Withdrawal: Hashable, Sendable {
        public let leafIndex: UInt64
        public let height: Height

        public init(leafIndex: UInt64, height: Height) {
            self.leafIndex = leafIndex
            self.height = height
        }
    }

    public init(
        leafIndex: UInt64, issuer: InstitutionID, height: Height, blindedCase: OpaqueID,
        withdrawal: Withdrawal? = nil
    ) {
        self.leafIndex = leafIndex
        self.issuer = issuer
        self.height = height
        self.blindedCase = blindedCase
        self.withdrawal = withdrawal
    }
}

extension FindingStanding {
    static func key(_ finding: Digest) -> [UInt8] { Table.finding.key(finding.bytes) }

    /// `leaf, 8 ‖ height, 8 ‖ blinded case, 16 ‖ issuer`; where it was withdrawn, a zero byte, leaf
    /// and height of that follow.
    var row: [UInt8] {
        leafIndex.bigEndianBytes + height.blocks.bigEndianBytes + blindedCase.bytes
            + Array(issuer.name.utf8)
            + (withdrawal.map { withdrawal in
                [0] + withdrawal.leafIndex.bigEndianBytes
                    + withdrawal.height.blocks.bigEndianBytes
            } ?? [])
    }

    init(row: [UInt8], finding: Digest) throws(SupervisionError) {
        guard row.count > 32, let leafIndex = row.bigEndianNumber,
            let height = row.dropFirst(8).bigEndianNumber,
            let blindedCase = OpaqueID(row[16..<32])
        else { throw .damaged(table: "finding", key: finding.bytes) }
        let name = row[32...].prefix { $0 != 0 }
        let rest = row[name.endIndex...].dropFirst()
        guard let issuer = InstitutionID(String(decoding: name, as: UTF8.self)),
            rest.isEmpty || rest.count == 16
        else { throw .damaged(table: "finding", key: finding.bytes) }
        var withdrawal: Withdrawal?
        if let leaf = rest.bigEndianNumber, let height = rest.dropFirst(8).bigEndianNumber {
            withdrawal = Withdrawal(leafIndex: leaf, height: Height(height))
        }
        self.init(
            leafIndex: leafIndex, issuer: issuer, height: Height(height),
            blindedCase: blindedCase, withdrawal: withdrawal)
    }

    /// The standing as the ledger's state says it.
    var state: FindingState {
        FindingState(leafIndex: leafIndex, issuer: issuer, withdrawal: withdrawal?.leafIndex)
    }

    /// What an entry makes of a finding's standing, or nil where it changes nothing.
    static func after(
        _ item: CommittedEntry, _ mark: FindingMark, before: FindingStanding?
    ) -> FindingStanding? {
        guard
            let state = FindingState.after(
                mark, by: item.entry.issuer, leafIndex: item.leafIndex, before: before?.state)
        else { return nil }
        guard state.withdrawal != nil, let before else {
            return FindingStanding(
                leafIndex: item.leafIndex, issuer: item.entry.issuer, height: item.height,
                blindedCase: mark.blindedCase)
        }
        return FindingStanding(
            leafIndex: before.leafIndex, issuer: before.issuer, height: before.height,
            blindedCase: before.blindedCase,
            withdrawal: Withdrawal(leafIndex: item.leafIndex, height: item.height))
    }
}
