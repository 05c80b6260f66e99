internal import Consensus
public import Ledger
public import Primitives

/// How who votes has changed: what leads an auditor from a set that it trusts to a later one.
///
/// One link a change is enough, and many changes can be skipped as long as more than 1/3 of the
/// trusted power still signs. Source: `docs/formats/proof.md`.
public struct GovernanceChain: Hashable, Sendable {
    /// By height, increasing.
    public let links: [Link]

    /// A block that a new set of validators signed, and what shows that the set was to sign it.
    public struct Link: Hashable, Sendable {
        /// The header below, which names the next block's validators by their digest.
        public let before: BlockHeader
        /// A header that the new validators signed, whose previous hash is that of ``before``; or
        /// ``before`` itself, signed by the validators that are trusted.
        public let head: ClaimedHead
        /// The bytes of the new validators (`docs/formats/block.md`).
        public let validators: [UInt8]

        public init(before: BlockHeader, head: ClaimedHead, validators: [UInt8]) {
            self.before = before
            self.head = head
            self.validators = validators
        }
    }

    public init(links: [Link]) {
        self.links = links
    }

    /// The most links of a chain.
    public static let linkCountMax = 4_096
}

extension GovernanceChain {
    /// `[1, ledger-id, [* [header, header, commit-proof, validators]]]`.
    public func encode(ledger: LedgerID) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 64 + links.count * 2_048)
        writer.array(3)
        writer.unsigned(1)
        writer.digest(ledger.digest)
        writer.array(links.count)
        for link in links {
            writer.array(4)
            writer.bytes(link.before.encode())
            writer.bytes(link.head.header.encode())
            link.head.commitProof.write(to: &writer)
            writer.bytes(link.validators)
        }
        return writer.bytes
    }

    /// Reads a chain from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step `form`.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> GovernanceChain {
        try decodeNamed(bytes).chain
    }

    /// Reads a chain, and of which ledger it says that it is.
    ///
    /// - Throws: ``ProofFailure`` at step `form`.
    public static func decodeNamed(
        _ bytes: [UInt8]
    ) throws(ProofFailure) -> (ledger: LedgerID, chain: GovernanceChain) {
        try reading("governance chain", bytes[...]) { reader throws(CBORError) in
            try reader.array(exactly: 3)
            try reader.version(1)
            let ledger = LedgerID(try reader.digest())
            var links: [Link] = []
            for _ in 0..<(try reader.array(atMost: linkCountMax)) {
                try reader.array(exactly: 4)
                let before = try reader.blockHeader()
                let header = try reader.blockHeader()
                let proof = try CommitProof.read(from: &reader).claimed
                links.append(
                    Link(
                        before: before,
                        head: ClaimedHead(header: header, commitProof: proof),
                        validators: Array(try reader.bytes(atMost: 1 << 16))))
            }
            return (ledger, GovernanceChain(links: links))
        }
    }
}
