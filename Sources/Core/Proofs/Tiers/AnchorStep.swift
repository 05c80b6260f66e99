public import Cryptography
public import Ledger
internal import Primitives

/// One step up the tiers: that a head of a ledger is anchored in the ledger above.
///
/// Source: `docs/formats/proof.md`, "Tiers".
public struct AnchorStep: Hashable, Sendable {
    /// The anchor entry, as it stands in the ledger above.
    public let anchor: ProofFile
    /// What the state map above says of the head, under the header of ``anchor``.
    public let record: MapProof
    /// That the tree of the proof below is the start of the anchored head's; nil where the proof
    /// stands under that very head.
    public let link: ConsistencyProof?

    public init(anchor: ProofFile, record: MapProof, link: ConsistencyProof?) {
        self.anchor = anchor
        self.record = record
        self.link = link
    }

    /// The same step for a proof under another header.
    public func linked(by link: ConsistencyProof?) -> AnchorStep {
        AnchorStep(anchor: anchor, record: record, link: link)
    }
}

extension AnchorStep {
    /// `[proof-file, map-proof, consistency-proof / null]`.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 8_192)
        encode(into: &writer)
        return writer.bytes
    }

    func encode(into writer: inout CBORWriter) {
        writer.array(3)
        anchor.encode(into: &writer)
        record.encode(into: &writer)
        if let link { link.encode(into: &writer) } else { writer.null() }
    }

    /// Reads a step from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> AnchorStep {
        try reading("anchor step", bytes[...]) { reader throws(CBORError) in
            try AnchorStep(from: &reader)
        }
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 3)
        anchor = try ProofFile(from: &reader)
        record = try MapProof(from: &reader)
        link = try reader.isNull() ? nil : try ConsistencyProof(from: &reader)
    }
}

/// A proof, and the steps from its ledger up to one that the auditor trusts a head of.
public struct TieredProof: Hashable, Sendable {
    /// From the ledger of the proof upwards.
    public let steps: [AnchorStep]
    /// The bytes of the proof below: of an entry, an answer or a finding.
    public let proof: [UInt8]

    public init(steps: [AnchorStep], proof: [UInt8]) {
        self.steps = steps
        self.proof = proof
    }

    /// The most steps: there are six tiers.
    public static let stepCountMax = 8
    private static let proofByteCountMax = 64 << 20
}

extension TieredProof {
    /// `{0: 1, 1: [+ anchor-step], 2: bstr}`.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 8_192 * (steps.count + 1) + proof.count)
        writer.map(3)
        writer.unsigned(0)
        writer.unsigned(1)
        writer.unsigned(1)
        writer.array(steps.count)
        for step in steps { step.encode(into: &writer) }
        writer.unsigned(2)
        writer.bytes(proof)
        return writer.bytes
    }

    /// Reads a proof from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> TieredProof {
        try reading("proof over tiers", bytes[...]) { reader throws(CBORError) in
            try reader.versionedMap(exactly: 3)
            try reader.key(1)
            var steps: [AnchorStep] = []
            for _ in 0..<(try reader.array(atMost: stepCountMax)) {
                steps.append(try AnchorStep(from: &reader))
            }
            try reader.key(2)
            return TieredProof(
                steps: steps, proof: Array(try reader.bytes(atMost: proofByteCountMax)))
        }
    }
}
