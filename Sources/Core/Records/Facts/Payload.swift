internal import Primitives

/// What an issuer seals with an entry: the source document and the facts drawn from it.
///
/// Source: `docs/formats/payload.md`.
public struct Payload: Hashable, Sendable {
    /// Media type of the source document; empty where there is none.
    public let mediaType: String
    public let source: [UInt8]
    public let facts: [Fact]
    /// Of a record that can be disclosed in parts: its segments, in their order.
    public let segments: [Segment]

    /// The most facts that one payload carries.
    public static let factCountMax = 1_024

    public init(
        mediaType: String, source: [UInt8], facts: [Fact], segments: [Segment] = []
    ) {
        self.segments = segments
        self.mediaType = mediaType
        self.source = source
        self.facts = facts
    }

    /// The payload bytes, which a commitment covers.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: source.count + 64 + facts.count * 256)
        writer.array(segments.isEmpty ? 3 : 4)
        writer.unsigned(1)
        writer.array(2)
        writer.text(mediaType)
        writer.bytes(source)
        writer.array(facts.count)
        for fact in facts { fact.encode(into: &writer) }
        guard !segments.isEmpty else { return writer.bytes }
        writer.array(segments.count)
        for segment in segments {
            writer.array(4)
            segment.encodeFields(into: &writer)
        }
        return writer.bytes
    }

    /// Reads payload bytes that were opened.
    ///
    /// - Throws: ``FactError`` for anything that is not a payload of version 1.
    public static func decode(_ bytes: [UInt8]) throws(FactError) -> Payload {
        var reader = CBORReader(bytes)
        let mediaType: String
        let source: [UInt8]
        let count: Int
        let items: Int
        do throws(CBORError) {
            let start = reader.offset
            items = try reader.array(atMost: 4)
            guard items >= 3 else {
                throw .unexpected(
                    offset: start, expected: "a payload of 3 or 4 items", found: "\(items)")
            }
            try reader.version(1)
            try reader.array(exactly: 2)
            mediaType = try reader.text(atMost: 255)
            source = Array(try reader.bytes())
            count = try reader.array(atMost: factCountMax)
        } catch {
            throw .malformed(error)
        }
        var facts: [Fact] = []
        facts.reserveCapacity(count)
        for _ in 0..<count { facts.append(try Fact.decode(from: &reader)) }
        do throws(CBORError) {
            let segments = items == 4 ? try segments(from: &reader) : []
            try reader.finish()
            return Payload(
                mediaType: mediaType, source: source, facts: facts, segments: segments)
        } catch {
            throw .malformed(error)
        }
    }

    private static func segments(
        from reader: inout CBORReader
    ) throws(CBORError) -> [Segment] {
        let start = reader.offset
        var segments: [Segment] = []
        for _ in 0..<(try reader.array(atMost: Segment.countMax)) {
            try reader.array(exactly: 4)
            segments.append(try Segment(fields: &reader))
        }
        guard !segments.isEmpty else {
            throw .unexpected(offset: start, expected: "a segment, or no list", found: "none")
        }
        return segments
    }
}
