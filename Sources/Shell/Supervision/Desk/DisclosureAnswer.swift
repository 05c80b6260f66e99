internal import Primitives
public import Proofs

/// Segments of a record, as a node gives them to be put beside the record's proof.
public struct DisclosureAnswer: Hashable, Sendable {
    /// How many segments the record has.
    public let segmentCount: UInt64
    public let shown: [Disclosure.Shown]

    public init(segmentCount: UInt64, shown: [Disclosure.Shown]) {
        self.segmentCount = segmentCount
        self.shown = shown
    }

    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 4_096)
        writer.array(3)
        writer.unsigned(1)
        writer.unsigned(segmentCount)
        Disclosure.Shown.encode(shown, into: &writer)
        return writer.bytes
    }

    /// Reads an answer from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> DisclosureAnswer {
        try reading("answer about segments", bytes) { reader throws(CBORError) in
            try reader.array(exactly: 3)
            try reader.version(1)
            return DisclosureAnswer(
                segmentCount: try reader.unsigned(),
                shown: try Disclosure.Shown.list(from: &reader))
        }
    }
}
