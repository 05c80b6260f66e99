internal import Primitives

/// The steps of a case, each with its proof, and opened where whoever made the file could.
///
/// Believed in nothing before an ``Auditor`` has checked it. Source: `docs/formats/case.md`.
public struct CaseFile: Hashable, Sendable {
    /// In ledger order.
    public let steps: [Step]

    public struct Step: Hashable, Sendable {
        /// Of the step's entry.
        public let proof: ProofFile
        /// The bytes of its ``CaseStatement`` and the salt of its payload; nil where they are
        /// sealed to others.
        public let opened: Opened?

        public init(proof: ProofFile, opened: Opened?) {
            self.proof = proof
            self.opened = opened
        }
    }

    public struct Opened: Hashable, Sendable {
        public let statement: [UInt8]
        /// 32 bytes.
        public let salt: [UInt8]

        public init(statement: [UInt8], salt: [UInt8]) {
            self.statement = statement
            self.salt = salt
        }
    }

    /// Whether the last step closes the case, as whoever made the file says.
    public let isClosed: Bool

    /// The most steps of a file.
    public static let stepCountMax = 1_024

    public init(isClosed: Bool, steps: [Step]) {
        self.isClosed = isClosed
        self.steps = steps
    }
}

extension CaseFile {
    /// The bytes of the file.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 8_192)
        writer.map(3)
        writer.unsigned(0)
        writer.unsigned(1)
        writer.unsigned(1)
        writer.bool(isClosed)
        writer.unsigned(2)
        writer.array(steps.count)
        for step in steps {
            writer.array(3)
            step.proof.encode(into: &writer)
            if let opened = step.opened {
                writer.bytes(opened.statement)
                writer.bytes(opened.salt)
            } else {
                writer.null()
                writer.null()
            }
        }
        return writer.bytes
    }

    /// Reads a file from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> CaseFile {
        try reading("file of a case", bytes[...]) { reader throws(CBORError) in
            try reader.versionedMap(exactly: 3)
            try reader.key(1)
            let isClosed = try reader.bool()
            try reader.key(2)
            var steps: [Step] = []
            for _ in 0..<(try reader.array(atMost: stepCountMax)) {
                steps.append(try Step(from: &reader))
            }
            return CaseFile(isClosed: isClosed, steps: steps)
        }
    }
}

extension CaseFile.Step {
    fileprivate init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 3)
        proof = try ProofFile(from: &reader)
        guard try !reader.isNull() else {
            guard try reader.isNull() else {
                throw .unexpected(
                    offset: reader.offset, expected: "no salt without a statement", found: "one")
            }
            opened = nil
            return
        }
        opened = CaseFile.Opened(
            statement: Array(try reader.bytes()), salt: Array(try reader.bytes(exactly: 32)))
    }
}
