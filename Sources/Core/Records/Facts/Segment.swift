public import Primitives

/// A part of a record that is shown, or kept, by itself.
public struct Segment: Hashable, Sendable {
    public let kind: Kind
    /// 32 random bytes, without which nobody can tell from the leaf what the segment says; empty
    /// in a submission, where the node has yet to draw them.
    public let salt: [UInt8]
    public let mediaType: String
    public let content: [UInt8]

    /// What a segment is about; the number is the one in its bytes.
    public enum Kind: UInt8, CaseIterable, Sendable {
        case demographics = 1
        case vitals = 2
        case diagnoses = 3
        case familyHistory = 4
        case lifestyle = 5
        case notes = 6
        /// What somebody else said of the patient, or what is said of somebody else.
        case thirdParty = 7
        case medications = 8
        case results = 9
        case procedures = 10
        case images = 11
        case other = 12
    }

    /// How many bytes a salt has.
    public static let saltByteCount = 32
    /// The most segments of a record.
    public static let countMax = 256

    public init(kind: Kind, salt: [UInt8] = [], mediaType: String, content: [UInt8]) {
        self.kind = kind
        self.salt = salt
        self.mediaType = mediaType
        self.content = content
    }

    /// The same segment under a salt.
    public func salted(_ salt: [UInt8]) -> Segment {
        Segment(kind: kind, salt: salt, mediaType: mediaType, content: content)
    }

    /// The bytes of its leaf at a place of the record, from 0, without the 0x00 of leaf hashes.
    public func leafBytes(at place: Int) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: content.count + 80)
        writer.array(6)
        writer.text("custos segment")
        writer.unsigned(UInt64(place))
        encodeFields(into: &writer)
        return writer.bytes
    }
}

extension Segment.Kind: CustomStringConvertible {
    public var description: String {
        switch self {
        case .demographics: "demographics"
        case .vitals: "vitals"
        case .diagnoses: "diagnoses"
        case .familyHistory: "family-history"
        case .lifestyle: "lifestyle"
        case .notes: "notes"
        case .thirdParty: "third-party"
        case .medications: "medications"
        case .results: "results"
        case .procedures: "procedures"
        case .images: "images"
        case .other: "other"
        }
    }

    /// The kind with this name, as ``description`` gives it.
    public init?(name: String) {
        guard let kind = Segment.Kind.allCases.first(where: { $0.description == name }) else {
            return nil
        }
        self = kind
    }
}

extension Segment {
    /// Appends kind, salt, media type and content: four items.
    public func encodeFields(into writer: inout CBORWriter) {
        writer.unsigned(UInt64(kind.rawValue))
        writer.bytes(salt)
        writer.text(mediaType)
        writer.bytes(content)
    }

    /// Reads kind, salt, media type and content.
    public init(fields reader: inout CBORReader) throws(CBORError) {
        kind = try reader.code("a kind of segment, 1 to 12")
        let start = reader.offset
        salt = Array(try reader.bytes(atMost: Segment.saltByteCount))
        guard salt.isEmpty || salt.count == Segment.saltByteCount else {
            throw .unexpected(
                offset: start, expected: "a salt of 32 bytes", found: "\(salt.count) bytes")
        }
        mediaType = try reader.text(atMost: 255)
        content = Array(try reader.bytes())
    }
}
