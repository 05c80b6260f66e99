internal import Cryptography
public import Primitives

/// The head of a tiled log: its name, how many entries it has, and the root over them.
///
/// Source: C2SP tlog-checkpoint.
public struct Checkpoint: Hashable, Sendable {
    /// The log's name, one line.
    public let origin: String
    public let size: UInt64
    public let root: Digest

    public init(origin: String, size: UInt64, root: Digest) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// The checkpoint that a note's text is, or nil where it is none.
    public init?(_ note: SignedNote) {
        let lines = note.text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, !lines[0].isEmpty, let size = UInt64(lines[1]),
            String(size) == lines[1], let root = Base64.decode(lines[2]).flatMap({ Digest($0) })
        else { return nil }
        self.init(origin: String(lines[0]), size: size, root: root)
    }

    /// The text that is signed; it ends with a line feed.
    public var text: String { "\(origin)\n\(size)\n\(Base64.encode(root.bytes))\n" }

    /// Whether two checkpoints convict whoever signed both: one name, one size, two roots.
    public func contradicts(_ other: Checkpoint) -> Bool {
        origin == other.origin && size == other.size && root != other.root
    }
}
