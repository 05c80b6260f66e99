internal import Primitives
internal import Proofs
internal import Records

/// What a disclosure shows of a record.
struct DisclosureView: Encodable {
    let version: UInt64
    /// The root of the version before, where there is one.
    let previous: String?
    let segments: [Shown]
    /// How many segments stay sealed.
    let sealed: UInt64

    struct Shown: Encodable {
        let place: UInt64
        let kind: String
        let mediaType: String
        let byteCount: Int
        /// Where it is text; nil otherwise.
        let text: String?

        init(_ shown: Disclosure.Shown) {
            place = shown.place
            kind = shown.segment.kind.description
            mediaType = shown.segment.mediaType
            byteCount = shown.segment.content.count
            text = String(validating: shown.segment.content, as: UTF8.self)
        }
    }

    init(_ proven: ProvenDisclosure) {
        version = proven.record.version
        previous = proven.record.previous?.description
        segments = proven.shown.map(Shown.init)
        sealed = proven.segmentCount &- UInt64(proven.shown.count)
    }

    private static let textMax = 400

    var lines: [String] {
        var lines = ["", "version \(version) of a record, \(segments.count) segments shown"]
        if let previous { lines.append("  follows the version under \(previous)") }
        for segment in segments {
            lines.append(
                "  \(segment.place)  \(segment.kind), \(segment.mediaType), "
                    + "\(segment.byteCount) bytes")
            for line in (segment.text ?? "").prefix(Self.textMax).split(separator: "\n") {
                lines.append("     \(line)")
            }
        }
        return lines
    }
}
