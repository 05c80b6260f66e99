public import Primitives

/// The signed head of another ledger, with what leads from the one anchored before to it.
///
/// Header, commit proof and validators are bytes of formats that the ledger knows
/// (`docs/formats/block.md`); who checks them knows those. Source: `docs/formats/entry.md`.
public struct AnchorBody: Hashable, Sendable {
    /// The ledger whose head it is.
    public let ledger: LedgerID
    /// The head: a block header.
    public let header: [UInt8]
    /// Why it stands: the commit proof of the header's block.
    public let commitProof: [UInt8]
    /// How those who sign have changed since the validators that are known, by height.
    public let links: [Link]
    /// That the tree of the head anchored before is the start of this one's: its size and the
    /// path; nil for the first head of a ledger, and where nothing was added.
    public let consistency: Consistency?

    /// A block that new validators signed, and the header below it, which names them.
    public struct Link: Hashable, Sendable {
        public let before: [UInt8]
        public let header: [UInt8]
        public let commitProof: [UInt8]
        public let validators: [UInt8]

        public init(
            before: [UInt8], header: [UInt8], commitProof: [UInt8], validators: [UInt8]
        ) {
            self.before = before
            self.header = header
            self.commitProof = commitProof
            self.validators = validators
        }
    }

    /// A consistency proof (RFC 9162, section 2.1.4) to the tree of the head.
    public struct Consistency: Hashable, Sendable {
        public let firstSize: UInt64
        public let path: [Digest]

        public init(firstSize: UInt64, path: [Digest]) {
            self.firstSize = firstSize
            self.path = path
        }
    }

    public init(
        ledger: LedgerID, header: [UInt8], commitProof: [UInt8], links: [Link] = [],
        consistency: Consistency? = nil
    ) {
        self.ledger = ledger
        self.header = header
        self.commitProof = commitProof
        self.links = links
        self.consistency = consistency
    }

    /// The most changes of validators in one entry; whoever anchors seldom skips some of them.
    public static let linkCountMax = 8
    private static let headerByteCountMax = 1_024
    private static let proofByteCountMax = 32_768
}

extension AnchorBody {
    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.map(exactly: 5)
        try reader.key(0)
        ledger = LedgerID(try reader.digest())
        try reader.key(1)
        header = Array(try reader.bytes(atMost: AnchorBody.headerByteCountMax))
        try reader.key(2)
        commitProof = Array(try reader.bytes(atMost: AnchorBody.proofByteCountMax))
        try reader.key(3)
        var links: [Link] = []
        for _ in 0..<(try reader.array(atMost: AnchorBody.linkCountMax)) {
            try reader.array(exactly: 4)
            links.append(
                Link(
                    before: Array(try reader.bytes(atMost: AnchorBody.headerByteCountMax)),
                    header: Array(try reader.bytes(atMost: AnchorBody.headerByteCountMax)),
                    commitProof: Array(try reader.bytes(atMost: AnchorBody.proofByteCountMax)),
                    validators: Array(try reader.bytes(atMost: AnchorBody.proofByteCountMax))))
        }
        self.links = links
        try reader.key(4)
        if try reader.isNull() {
            consistency = nil
        } else {
            try reader.array(exactly: 2)
            let size = try reader.unsigned()
            var path: [Digest] = []
            for _ in 0..<(try reader.array(atMost: 65)) { path.append(try reader.digest()) }
            consistency = Consistency(firstSize: size, path: path)
        }
    }

    func encode(into writer: inout CBORWriter) {
        writer.map(5)
        writer.unsigned(0)
        writer.digest(ledger.digest)
        writer.unsigned(1)
        writer.bytes(header)
        writer.unsigned(2)
        writer.bytes(commitProof)
        writer.unsigned(3)
        writer.array(links.count)
        for link in links {
            writer.array(4)
            writer.bytes(link.before)
            writer.bytes(link.header)
            writer.bytes(link.commitProof)
            writer.bytes(link.validators)
        }
        writer.unsigned(4)
        if let consistency {
            writer.array(2)
            writer.unsigned(consistency.firstSize)
            writer.array(consistency.path.count)
            for hash in consistency.path { writer.digest(hash) }
        } else {
            writer.null()
        }
    }
}
