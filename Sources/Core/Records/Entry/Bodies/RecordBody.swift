public import Primitives

/// A version of a record that can be disclosed in parts: the root over its salted segments.
///
/// A record without it is disclosed as a whole or not at all. What the segments are, and how many,
/// nobody sees but the recipients.
public struct RecordBody: Hashable, Sendable {
    /// Root of the RFC 9162 tree over the segments' leaves (`docs/formats/payload.md`).
    public let root: Digest
    /// From 1.
    public let version: UInt64
    /// The root of the version before; nil for the first one.
    public let previous: Digest?

    public init(root: Digest, version: UInt64 = 1, previous: Digest? = nil) {
        self.root = root
        self.version = version
        self.previous = previous
    }

    /// Whether the first version follows none, and each other one follows one.
    var isConsistent: Bool { version > 0 && (version == 1) == (previous == nil) }
}

extension RecordBody {
    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.map(exactly: 3)
        try reader.key(0)
        root = try reader.digest()
        try reader.key(1)
        version = try reader.unsigned("version", atMost: Entry.numberMax)
        try reader.key(2)
        previous = try reader.isNull() ? nil : reader.digest()
    }

    func encode(into writer: inout CBORWriter) {
        writer.map(3)
        writer.unsigned(0)
        writer.digest(root)
        writer.unsigned(1)
        writer.unsigned(version)
        writer.unsigned(2)
        if let previous { writer.digest(previous) } else { writer.null() }
    }
}
