public import Ledger
internal import Primitives

/// What became of one knowledge table up to a block: believed in nothing before an ``Auditor`` has
/// checked it.
///
/// The table's history under the header's state root, or that there is none, so that the ledger
/// never named it. Source: `docs/formats/proof.md`.
public struct TableProof: Hashable, Sendable {
    public let table: String
    public let head: ClaimedHead
    /// Of the history's key; of the key before it, where there is no history.
    public let state: MapProof

    public init(table: String, head: ClaimedHead, state: MapProof) {
        self.table = table
        self.head = head
        self.state = state
    }

    /// What a table's proof has beyond that of a rule: 5, and this number.
    private static let mark: UInt64 = 1
}

extension TableProof {
    /// The bytes of the file.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 4_096)
        encode(into: &writer)
        return writer.bytes
    }

    func encode(into writer: inout CBORWriter) {
        writer.map(6)
        RuleProof(rule: table, head: head, state: state).encodeFields(into: &writer)
        writer.unsigned(5)
        writer.unsigned(TableProof.mark)
    }

    /// Reads a proof from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> TableProof {
        try reading("proof of a table", bytes[...]) { reader throws(CBORError) in
            try TableProof(from: &reader)
        }
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.map(exactly: 6)
        let fields = try RuleProof(
            fieldsFrom: &reader, idByteCountMax: TableVersion.nameByteCountMax)
        try reader.key(5)
        try reader.version(TableProof.mark)
        self.init(table: fields.rule, head: fields.head, state: fields.state)
    }
}
