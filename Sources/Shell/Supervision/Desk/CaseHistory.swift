internal import Primitives
public import Proofs

/// The steps of cases as a node has them: the entries, and what of them it may open.
public struct CaseHistory: Hashable, Sendable {
    /// By case, then in ledger order.
    public let steps: [Step]

    public struct Step: Hashable, Sendable {
        public let leafIndex: UInt64
        /// The entry's bytes.
        public let entry: [UInt8]
        /// The bytes of its statement, and the salt of its payload; nil where it is not sealed to
        /// this institution, or not here.
        public let opened: CaseFile.Opened?

        public init(leafIndex: UInt64, entry: [UInt8], opened: CaseFile.Opened?) {
            self.leafIndex = leafIndex
            self.entry = entry
            self.opened = opened
        }
    }

    public init(steps: [Step]) {
        self.steps = steps
    }
}

extension CaseHistory {
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 4_096)
        writer.array(2)
        writer.unsigned(1)
        writer.array(steps.count)
        for step in steps {
            writer.array(3)
            writer.unsigned(step.leafIndex)
            writer.bytes(step.entry)
            guard let opened = step.opened else {
                writer.null()
                continue
            }
            writer.array(2)
            writer.bytes(opened.statement)
            writer.bytes(opened.salt)
        }
        return writer.bytes
    }

    /// Reads a history from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> CaseHistory {
        try reading("history of cases", bytes) { reader throws(CBORError) in
            try reader.array(exactly: 2)
            try reader.version(1)
            var steps: [Step] = []
            for _ in 0..<(try reader.array(atMost: 1 << 20)) {
                try reader.array(exactly: 3)
                let leaf = try reader.unsigned()
                let entry = Array(try reader.bytes())
                var opened: CaseFile.Opened?
                if try !reader.isNull() {
                    try reader.array(exactly: 2)
                    let statement = Array(try reader.bytes())
                    opened = CaseFile.Opened(
                        statement: statement, salt: Array(try reader.bytes(exactly: 32)))
                }
                steps.append(Step(leafIndex: leaf, entry: entry, opened: opened))
            }
            return CaseHistory(steps: steps)
        }
    }
}
