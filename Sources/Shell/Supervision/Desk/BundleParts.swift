internal import Primitives

/// What a finding's bundle is made of, but for the proofs, which the node cuts by leaf.
public struct BundleParts: Hashable, Sendable {
    /// An entry that the finding rests on, opened.
    public struct Evidence: Hashable, Sendable {
        public let leafIndex: UInt64
        public let payload: [UInt8]
        /// 32 bytes.
        public let salt: [UInt8]

        public init(leafIndex: UInt64, payload: [UInt8], salt: [UInt8]) {
            self.leafIndex = leafIndex
            self.payload = payload
            self.salt = salt
        }
    }

    public struct Table: Hashable, Sendable {
        public let name: String
        public let bytes: [UInt8]

        public init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// The leaf index of the finding's entry.
    public let leafIndex: UInt64
    /// The bytes of the statement, and the salt of the entry's payload.
    public let statement: [UInt8]
    public let salt: [UInt8]
    /// The canonical rule, with all it uses.
    public let rules: [[UInt8]]
    /// The knowledge tables that it read, by name, but for those that are too large.
    public let tables: [Table]
    /// By leaf index, increasing.
    public let evidence: [Evidence]
    /// The entry that withdrew it, opened; nil while it stands.
    public let withdrawal: Withdrawal?

    /// The most bytes of a table in a bundle: of larger ones whoever verifies has a copy.
    public static let tableByteCountMax = 1 << 20

    public struct Withdrawal: Hashable, Sendable {
        public let leafIndex: UInt64
        public let statement: [UInt8]
        /// 32 bytes.
        public let salt: [UInt8]

        public init(leafIndex: UInt64, statement: [UInt8], salt: [UInt8]) {
            self.leafIndex = leafIndex
            self.statement = statement
            self.salt = salt
        }
    }

    public init(
        leafIndex: UInt64, statement: [UInt8], salt: [UInt8], rules: [[UInt8]],
        tables: [Table], evidence: [Evidence], withdrawal: Withdrawal? = nil
    ) {
        self.leafIndex = leafIndex
        self.statement = statement
        self.salt = salt
        self.rules = rules
        self.tables = tables
        self.evidence = evidence
        self.withdrawal = withdrawal
    }
}

extension BundleParts {
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 4_096)
        writer.array(8)
        writer.unsigned(1)
        writer.unsigned(leafIndex)
        writer.bytes(statement)
        writer.bytes(salt)
        writer.array(rules.count)
        for rule in rules { writer.bytes(rule) }
        writer.array(tables.count)
        for table in tables {
            writer.array(2)
            writer.text(table.name)
            writer.bytes(table.bytes)
        }
        writer.array(evidence.count)
        for item in evidence {
            writer.array(3)
            writer.unsigned(item.leafIndex)
            writer.bytes(item.payload)
            writer.bytes(item.salt)
        }
        if let withdrawal {
            writer.array(3)
            writer.unsigned(withdrawal.leafIndex)
            writer.bytes(withdrawal.statement)
            writer.bytes(withdrawal.salt)
        } else {
            writer.null()
        }
        return writer.bytes
    }

    /// Reads the parts from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> BundleParts {
        try reading("parts of a bundle", bytes) { reader throws(CBORError) in
            try reader.array(exactly: 8)
            try reader.version(1)
            let leafIndex = try reader.unsigned()
            let statement = Array(try reader.bytes())
            let salt = Array(try reader.bytes(exactly: 32))
            var rules: [[UInt8]] = []
            for _ in 0..<(try reader.array(atMost: 256)) {
                rules.append(Array(try reader.bytes()))
            }
            var tables: [Table] = []
            for _ in 0..<(try reader.array(atMost: 256)) {
                try reader.array(exactly: 2)
                let name = try reader.text(atMost: 64)
                tables.append(Table(name: name, bytes: Array(try reader.bytes())))
            }
            var evidence: [Evidence] = []
            for _ in 0..<(try reader.array(atMost: 4_096)) {
                try reader.array(exactly: 3)
                let leafIndex = try reader.unsigned()
                let payload = Array(try reader.bytes())
                evidence.append(
                    Evidence(
                        leafIndex: leafIndex, payload: payload,
                        salt: Array(try reader.bytes(exactly: 32))))
            }
            return BundleParts(
                leafIndex: leafIndex, statement: statement, salt: salt, rules: rules,
                tables: tables, evidence: evidence,
                withdrawal: try reader.isNull() ? nil : Withdrawal(from: &reader))
        }
    }
}

extension BundleParts.Withdrawal {
    fileprivate init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 3)
        let leafIndex = try reader.unsigned()
        let statement = Array(try reader.bytes())
        self.init(
            leafIndex: leafIndex, statement: statement,
            salt: Array(try reader.bytes(exactly: 32)))
    }
}
