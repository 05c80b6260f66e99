public import Consensus
public import Cryptography
public import Ledger
public import Primitives

/// A block header that a quorum signed, and how far that can be trusted.
public struct ProvenHead: Sendable {
    public let header: BlockHeader
    /// SHA-256 of the header's bytes.
    public let hash: Digest
    /// Who signed, by id.
    public let signers: [InstitutionID]
    /// The power of those who signed, and of all validators.
    public let power: UInt64
    public let totalPower: UInt64
    public let anchor: Anchor

    /// What the trust in a head rests on.
    public enum Anchor: Hashable, Sendable {
        /// On the keys of the validators of the genesis: nobody may have got hold of more than
        /// 2/3 of them, ever.
        case genesisOnly
        /// On a head that the auditor trusts, at this height, which is this one.
        case trustedHead(Height)
        /// On a head that the auditor trusts, at this height, as far as the ledger tree goes: what
        /// stands in it stands in the trusted one. The state root rests on genesis only.
        case tree(ofTrustedHead: Height)
        /// On a head that the auditor trusts, at this height, as far as its ledger tree goes: this
        /// one's begins with it. What came later rests on genesis only.
        case after(trustedHead: Height)
    }
}

extension ProvenHead.Anchor: CustomStringConvertible {
    public var description: String {
        switch self {
        case .genesisOnly: "genesis only: assumes that no old quorum's keys leaked"
        case .trustedHead(let height): "anchored by the trusted head of height \(height)"
        case .tree(let height):
            "entries anchored by the trusted head of height \(height); state root, genesis only: "
                + "assumes that no old quorum's keys leaked"
        case .after(let height):
            "goes on from the trusted head of height \(height); what came later, genesis only: "
                + "assumes that no old quorum's keys leaked"
        }
    }
}

/// A header and its commit proof, as a proof file carries them: believed in nothing yet.
public struct ClaimedHead: Hashable, Sendable {
    public let header: BlockHeader
    public let commitProof: CommitProof

    public init(header: BlockHeader, commitProof: CommitProof) {
        self.header = header
        self.commitProof = commitProof
    }

    func encodeFields(headerKey: UInt64, into writer: inout CBORWriter) {
        writer.unsigned(headerKey)
        writer.bytes(header.encode())
        writer.unsigned(headerKey + 1)
        commitProof.write(to: &writer)
    }

    init(headerKey: UInt64, from reader: inout CBORReader) throws(CBORError) {
        try reader.key(headerKey)
        header = try reader.blockHeader()
        try reader.key(headerKey + 1)
        commitProof = try CommitProof.read(from: &reader).claimed
    }

    func encode(into writer: inout CBORWriter) {
        writer.bytes(header.encode())
        commitProof.write(to: &writer)
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        header = try reader.blockHeader()
        commitProof = try CommitProof.read(from: &reader).claimed
    }
}

/// A head that the auditor trusts for a reason of their own: a witness, a printed page.
public struct TrustedHead: Hashable, Sendable {
    public let header: BlockHeader
    /// That the ledger tree of a proof's header is the start of the trusted one, or the other
    /// way round where the trusted head is the older: one for each tree that a proof has.
    public let links: [ConsistencyProof]

    /// The head; `links` link it with the headers of a proof that are of other heights.
    public init(_ header: BlockHeader, links: [ConsistencyProof] = []) {
        self.header = header
        self.links = links
    }

    /// The head, with the link to one header where there is one.
    public init(_ header: BlockHeader, consistency: ConsistencyProof?) {
        self.init(header, links: consistency.map { [$0] } ?? [])
    }
}
