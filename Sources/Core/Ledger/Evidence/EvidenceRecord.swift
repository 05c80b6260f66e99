public import Primitives
public import Records

/// What the state map keeps of an offence: by which entry it was shown.
public struct EvidenceRecord: Hashable, Sendable {
    public let kind: EvidenceBody.Kind
    public let institution: InstitutionID
    /// The leaf index of the entry that came first.
    public let leaf: UInt64
    /// Of an unproved valid round: the leaf index of the entry that proved it after all.
    public var answer: UInt64?

    func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 64)
        writer.array(4)
        writer.unsigned(UInt64(kind.rawValue))
        writer.institution(institution)
        writer.unsigned(leaf)
        if let answer { writer.unsigned(answer) } else { writer.null() }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) throws(LedgerError) -> EvidenceRecord {
        try reading("evidence", bytes[...]) { reader throws(CBORError) in
            try reader.array(exactly: 4)
            return EvidenceRecord(
                kind: try reader.code("a kind of evidence, 1 to 6"),
                institution: try reader.institution(), leaf: try reader.unsigned(),
                answer: try reader.isNull() ? nil : try reader.unsigned())
        }
    }
}
