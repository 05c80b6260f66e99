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
        /// When it was anchored: the block that brought the entry, and the header before it.
        ///
        /// Nil where nothing hangs on that.
        public let anchored: TimeBound?

        public init(proof: ProofFile, opened: Opened?, anchored: TimeBound? = nil) {
            self.proof = proof
            self.opened = opened
            self.anchored = anchored
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
    /// That these are the steps which the ledger counts; nil in files of older versions.
    public let standing: StandingProof?

    /// The most steps of a file.
    public static let stepCountMax = 1_024

    public init(isClosed: Bool, steps: [Step], standing: StandingProof? = nil) {
        self.isClosed = isClosed
        self.steps = steps
        self.standing = standing
    }

    /// The heads under which its parts are proved: those of the steps first.
    public var heads: [ClaimedHead] {
        steps.map(\.proof.head) + steps.compactMap(\.anchored?.from)
            + (standing.map { [$0.head] } ?? [])
    }
}

extension CaseFile {
    /// The bytes of the file.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 8_192)
        writer.map(standing == nil ? 3 : 4)
        let showsTimes = standing != nil || steps.contains { $0.anchored != nil }
        writer.unsigned(0)
        writer.unsigned(
            standing != nil
                ? CaseFile.versionWithStanding : showsTimes ? CaseFile.versionWithTimes : 1)
        writer.unsigned(1)
        writer.bool(isClosed)
        writer.unsigned(2)
        writer.array(steps.count)
        for step in steps {
            writer.array(showsTimes ? 4 : 3)
            step.proof.encode(into: &writer)
            if let opened = step.opened {
                writer.bytes(opened.statement)
                writer.bytes(opened.salt)
            } else {
                writer.null()
                writer.null()
            }
            guard showsTimes else { continue }
            if let anchored = step.anchored {
                anchored.encode(into: &writer)
            } else {
                writer.null()
            }
        }
        if let standing {
            writer.unsigned(3)
            standing.encode(into: &writer)
        }
        return writer.bytes
    }

    /// Reads a file from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> CaseFile {
        try reading("file of a case", bytes[...]) { reader throws(CBORError) in
            let map = reader.offset
            let count = try reader.map(atMost: 4)
            try reader.key(0)
            let version = try reader.version(in: 1...versionWithStanding)
            guard count == (version == versionWithStanding ? 4 : 3) else {
                throw .unexpected(
                    offset: map, expected: "the fields of version \(version)",
                    found: "\(count) fields")
            }
            try reader.key(1)
            let isClosed = try reader.bool()
            try reader.key(2)
            var steps: [Step] = []
            for _ in 0..<(try reader.array(atMost: stepCountMax)) {
                steps.append(try Step(from: &reader, showsTimes: version > 1))
            }
            guard version == versionWithStanding else {
                return CaseFile(isClosed: isClosed, steps: steps)
            }
            try reader.key(3)
            return CaseFile(
                isClosed: isClosed, steps: steps, standing: try StandingProof(from: &reader))
        }
    }

    /// The version of files that show when a step was anchored.
    private static let versionWithTimes: UInt64 = 2
    /// The version of files that show which steps the ledger counts.
    private static let versionWithStanding: UInt64 = 3
}

extension CaseFile.Step {
    fileprivate init(
        from reader: inout CBORReader, showsTimes: Bool
    ) throws(CBORError) {
        try reader.array(exactly: showsTimes ? 4 : 3)
        proof = try ProofFile(from: &reader)
        if try reader.isNull() {
            guard try reader.isNull() else {
                throw .unexpected(
                    offset: reader.offset, expected: "no salt without a statement", found: "one")
            }
            opened = nil
        } else {
            opened = CaseFile.Opened(
                statement: Array(try reader.bytes()), salt: Array(try reader.bytes(exactly: 32)))
        }
        guard showsTimes, try !reader.isNull() else {
            anchored = nil
            return
        }
        anchored = try TimeBound(from: &reader)
    }
}
