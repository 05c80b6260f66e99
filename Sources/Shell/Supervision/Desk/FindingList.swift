public import Primitives

/// Findings that a node knows of, a page of them.
public struct FindingList: Hashable, Sendable {
    /// One finding, open here or standing on the ledger or both.
    public struct Item: Hashable, Sendable {
        public let id: Digest
        /// `finding-body` of `docs/formats/finding.md`; nil where this node may not read it.
        public let body: [UInt8]?
        /// Whether this node's rules find it on the facts that it has now.
        public let isOpen: Bool
        /// Under which entry it stands; nil where it is not on the ledger yet.
        public let standing: FindingStanding?

        public init(id: Digest, body: [UInt8]?, isOpen: Bool, standing: FindingStanding?) {
            self.id = id
            self.body = body
            self.isOpen = isOpen
            self.standing = standing
        }
    }

    /// Those that stand first, in ledger order; then the others by id.
    public let items: [Item]
    /// After which the next page begins; nil where no more follow.
    public let next: Place?

    /// Where a page ends.
    public enum Place: Hashable, Sendable {
        /// Among those that stand: at the entry with this leaf.
        case standing(leaf: UInt64)
        /// Among those that are open here and not on the ledger: at this finding.
        case open(Digest)
    }

    public init(items: [Item], next: Place? = nil) {
        self.items = items
        self.next = next
    }

    /// The most findings in one list.
    public static let countMax = 100_000
    /// About how many bytes of bodies go into one page, but always one finding.
    static let pageByteCount = 4 << 20
}

extension FindingList {
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 64 + items.count * 512)
        writer.array(3)
        writer.unsigned(1)
        writer.array(items.count)
        for item in items {
            writer.array(4)
            writer.digest(item.id)
            if let body = item.body { writer.bytes(body) } else { writer.null() }
            writer.bool(item.isOpen)
            guard let standing = item.standing else {
                writer.null()
                continue
            }
            standing.encode(into: &writer)
        }
        FindingList.encode(next, into: &writer)
        return writer.bytes
    }

    static func encode(_ place: Place?, into writer: inout CBORWriter) {
        switch place {
        case nil: writer.null()
        case .standing(let leaf):
            writer.array(1)
            writer.unsigned(leaf)
        case .open(let finding):
            writer.array(2)
            writer.null()
            writer.digest(finding)
        }
    }

    static func place(from reader: inout CBORReader) throws(CBORError) -> Place? {
        if try reader.isNull() { return nil }
        guard try reader.array(atMost: 2) == 2 else {
            return .standing(leaf: try reader.unsigned())
        }
        let start = reader.offset
        guard try reader.isNull() else {
            throw .unexpected(offset: start, expected: "null", found: "something else")
        }
        return .open(try reader.digest())
    }

    /// Reads a list from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> FindingList {
        try reading("list of findings", bytes) { reader throws(CBORError) in
            try reader.array(exactly: 3)
            try reader.version(1)
            var items: [Item] = []
            for _ in 0..<(try reader.array(atMost: countMax)) {
                try reader.array(exactly: 4)
                let id = try reader.digest()
                let body = try reader.isNull() ? nil : Array(reader.bytes())
                let isOpen = try reader.bool()
                let standing = try reader.isNull() ? nil : FindingStanding(from: &reader)
                items.append(Item(id: id, body: body, isOpen: isOpen, standing: standing))
            }
            return FindingList(items: items, next: try place(from: &reader))
        }
    }
}

extension FindingStanding {
    fileprivate init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 5)
        let leafIndex = try reader.unsigned()
        let issuer = try reader.institution()
        let height = Height(try reader.unsigned())
        let blindedCase = try reader.opaqueID()
        var withdrawal: Withdrawal?
        if try !reader.isNull() {
            try reader.array(exactly: 2)
            withdrawal = Withdrawal(
                leafIndex: try reader.unsigned(), height: Height(try reader.unsigned()))
        }
        self.init(
            leafIndex: leafIndex, issuer: issuer, height: height, blindedCase: blindedCase,
            withdrawal: withdrawal)
    }

    fileprivate func encode(into writer: inout CBORWriter) {
        writer.array(5)
        writer.unsigned(leafIndex)
        writer.institution(issuer)
        writer.unsigned(height.blocks)
        writer.bytes(blindedCase.bytes)
        guard let withdrawal else { return writer.null() }
        writer.array(2)
        writer.unsigned(withdrawal.leafIndex)
        writer.unsigned(withdrawal.height.blocks)
    }
}
