internal import Ledger
internal import Primitives
internal import Records

extension Succession {
    /// `{0: 1, 1: ledger-id, 2: [header, commit-proof], 3: [* map-proof],
    /// 4: [* governance-voter]}`.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 16_384)
        writer.map(5)
        writer.unsigned(0)
        writer.unsigned(1)
        writer.unsigned(1)
        writer.digest(ledger.digest)
        writer.unsigned(2)
        writer.array(2)
        head.encode(into: &writer)
        writer.unsigned(3)
        writer.array(institutions.count)
        for proof in institutions { proof.encode(into: &writer) }
        writer.unsigned(4)
        writer.array(endorsements.count)
        for endorsement in endorsements { endorsement.encode(into: &writer) }
        return writer.bytes
    }

    /// Reads a succession from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> Succession {
        try reading("succession", bytes[...]) { reader throws(CBORError) in
            try Succession(from: &reader)
        }
    }

    private init(from reader: inout CBORReader) throws(CBORError) {
        try reader.versionedMap(exactly: 5)
        try reader.key(1)
        ledger = LedgerID(try reader.digest())
        try reader.key(2)
        try reader.array(exactly: 2)
        head = try ClaimedHead(from: &reader)
        try reader.key(3)
        institutions = try reader.list(atMost: Genesis.institutionCountMax) {
            reader throws(CBORError) in try MapProof(from: &reader)
        }
        try reader.key(4)
        endorsements = try reader.list(atMost: Genesis.institutionCountMax) {
            reader throws(CBORError) in try GovernanceVoter(from: &reader)
        }
    }
}
