public import Ledger
internal import Primitives

/// How a ledger has a case or a finding as of a block: believed in nothing before an ``Auditor``
/// has checked it.
///
/// Who issues a case can write two steps that name the same one before, of which one counts; who
/// stated a finding can withdraw it. The state map says what the ledger has. Source:
/// `docs/formats/proof.md`.
public struct StandingProof: Hashable, Sendable {
    public let head: ClaimedHead
    /// Of its key in the state map; of the key before that, where the ledger has none.
    public let state: MapProof

    public init(head: ClaimedHead, state: MapProof) {
        self.head = head
        self.state = state
    }
}

extension StandingProof {
    /// The bytes, as a node answers with them.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 2_048)
        encode(into: &writer)
        return writer.bytes
    }

    func encode(into writer: inout CBORWriter) {
        writer.array(3)
        head.encode(into: &writer)
        state.encode(into: &writer)
    }

    /// Reads one from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> StandingProof {
        try reading("standing of a case or finding", bytes[...]) { reader throws(CBORError) in
            try StandingProof(from: &reader)
        }
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 3)
        head = try ClaimedHead(from: &reader)
        state = try MapProof(from: &reader)
    }
}
