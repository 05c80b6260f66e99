public import Primitives
public import Records

/// Some segments of an anchored record, with what shows that they belong to it; the rest stays
/// sealed.
///
/// Believed in nothing before an ``Auditor`` has checked it. Source: `docs/formats/proof.md`.
public struct Disclosure: Hashable, Sendable {
    /// How many segments the record has.
    public let segmentCount: UInt64
    /// Of the record's entry.
    public let proof: ProofFile
    /// By place, increasing.
    public let shown: [Shown]

    /// A segment that is shown.
    public struct Shown: Hashable, Sendable {
        /// Among the record's segments, from 0.
        public let place: UInt64
        public let segment: Segment
        public let path: [Digest]

        public init(place: UInt64, segment: Segment, path: [Digest]) {
            self.place = place
            self.segment = segment
            self.path = path
        }
    }

    public init(segmentCount: UInt64, proof: ProofFile, shown: [Shown]) {
        self.segmentCount = segmentCount
        self.proof = proof
        self.shown = shown
    }
}

extension Disclosure {
    /// The bytes of the disclosure.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 8_192)
        writer.map(4)
        writer.unsigned(0)
        writer.unsigned(1)
        writer.unsigned(1)
        writer.unsigned(segmentCount)
        writer.unsigned(2)
        proof.encode(into: &writer)
        writer.unsigned(3)
        Shown.encode(shown, into: &writer)
        return writer.bytes
    }

    /// Reads a disclosure from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> Disclosure {
        try reading("disclosure", bytes[...]) { reader throws(CBORError) in
            try reader.versionedMap(exactly: 4)
            try reader.key(1)
            let count = try reader.unsigned()
            try reader.key(2)
            let proof = try ProofFile(from: &reader)
            try reader.key(3)
            return Disclosure(
                segmentCount: count, proof: proof, shown: try Shown.list(from: &reader))
        }
    }
}

extension Disclosure.Shown {
    /// Appends a list of segments that are shown.
    public static func encode(
        _ shown: [Disclosure.Shown], into writer: inout CBORWriter
    ) {
        writer.array(shown.count)
        for item in shown {
            writer.array(6)
            writer.unsigned(item.place)
            item.segment.encodeFields(into: &writer)
            writer.array(item.path.count)
            for digest in item.path { writer.digest(digest) }
        }
    }

    /// Reads a list of segments that are shown, in whatever order it stands.
    public static func list(
        from reader: inout CBORReader
    ) throws(CBORError) -> [Disclosure.Shown] {
        var shown: [Disclosure.Shown] = []
        for _ in 0..<(try reader.array(atMost: Segment.countMax)) {
            try reader.array(exactly: 6)
            let place = try reader.unsigned()
            let segment = try Segment(fields: &reader)
            var path: [Digest] = []
            for _ in 0..<(try reader.array(atMost: 64)) { path.append(try reader.digest()) }
            shown.append(Disclosure.Shown(place: place, segment: segment, path: path))
        }
        return shown
    }
}
