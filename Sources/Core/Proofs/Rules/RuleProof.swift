public import Ledger
internal import Primitives

/// What became of one rule up to a block: believed in nothing before an ``Auditor`` has checked it.
///
/// The rule's history under the header's state root, or that there is none, so that the genesis
/// still holds. Source: `docs/formats/proof.md`.
public struct RuleProof: Hashable, Sendable {
    public let rule: String
    public let head: ClaimedHead
    /// Of the history's key; of the key before it, where there is no history.
    public let state: MapProof

    public init(rule: String, head: ClaimedHead, state: MapProof) {
        self.rule = rule
        self.head = head
        self.state = state
    }
}

extension RuleProof {
    /// The bytes of the file.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 4_096)
        encode(into: &writer)
        return writer.bytes
    }

    func encode(into writer: inout CBORWriter) {
        writer.map(5)
        encodeFields(into: &writer)
    }

    /// The five fields, which a proof of what became of a table begins with, too.
    func encodeFields(into writer: inout CBORWriter) {
        writer.unsigned(0)
        writer.unsigned(1)
        writer.unsigned(1)
        writer.text(rule)
        head.encodeFields(headerKey: 2, into: &writer)
        writer.unsigned(4)
        state.encode(into: &writer)
    }

    /// Reads a proof from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> RuleProof {
        try reading("proof of a rule", bytes[...]) { reader throws(CBORError) in
            try RuleProof(from: &reader)
        }
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        let start = reader.offset
        guard try reader.map(atMost: 5) == 5 else {
            throw .unexpected(offset: start, expected: "a map of 5 fields", found: "fewer")
        }
        try self.init(fieldsFrom: &reader, idByteCountMax: RuleVersion.idByteCountMax)
    }

    init(fieldsFrom reader: inout CBORReader, idByteCountMax: Int) throws(CBORError) {
        try reader.key(0)
        try reader.version(1)
        try reader.key(1)
        rule = try reader.text(atMost: idByteCountMax)
        head = try ClaimedHead(headerKey: 2, from: &reader)
        try reader.key(4)
        state = try MapProof(from: &reader)
    }
}
