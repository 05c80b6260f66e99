public import Primitives
public import Records

/// How a node keeps evidence on its own disk: `[1, about, kind, first, second]`.
extension EvidenceBody {
    /// The bytes of a record of the log of evidence (`docs/formats/log.md`).
    public var keptBytes: [UInt8] {
        var writer = CBORWriter(reservingCapacity: first.count + second.count + 64)
        writer.array(5)
        writer.unsigned(1)
        writer.institution(about)
        writer.unsigned(UInt64(kind.rawValue))
        writer.bytes(first)
        writer.bytes(second)
        return writer.bytes
    }

    /// Reads what ``keptBytes`` gave.
    public static func decodeKept(
        _ bytes: ArraySlice<UInt8>
    ) throws(CBORError) -> EvidenceBody {
        var reader = CBORReader(bytes)
        try reader.array(exactly: 5)
        try reader.version(1)
        let about = try reader.institution()
        let start = reader.offset
        let number = UInt8(try reader.unsigned("kind of evidence", atMost: 6))
        guard let kind = EvidenceBody.Kind(rawValue: number) else {
            throw .unexpected(offset: start, expected: "a kind of evidence, 1 to 6", found: "0")
        }
        let body = EvidenceBody(
            kind: kind, about: about, first: Array(try reader.bytes()),
            second: Array(try reader.bytes()))
        try reader.finish()
        return body
    }
}
