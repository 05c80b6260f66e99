public import Ledger
internal import Primitives

/// How a ledger has a case as of a block: believed in nothing before an ``Auditor`` has checked it.
///
/// Who issues a case can write two steps that name the same one before, and only one of them
/// counts: the state map says which steps the ledger has. Source: `docs/formats/case.md`.
public struct CaseStanding: Hashable, Sendable {
    public let head: ClaimedHead
    /// Of the case's key; of the key before it, where the ledger has no such case.
    public let state: MapProof

    public init(head: ClaimedHead, state: MapProof) {
        self.head = head
        self.state = state
    }

    /// The last step that the state map names; nil where it shows no case.
    public var last: UInt64? { (try? CaseState.decode(state.value))?.last }
}

extension CaseStanding {
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
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> CaseStanding {
        try reading("standing of a case", bytes[...]) { reader throws(CBORError) in
            try CaseStanding(from: &reader)
        }
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 3)
        head = try ClaimedHead(from: &reader)
        state = try MapProof(from: &reader)
    }
}
