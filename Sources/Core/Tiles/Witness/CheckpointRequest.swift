public import Primitives

/// What a log asks of a witness: to cosign a checkpoint, as the continuation of an older one.
///
/// ```
/// old 20852014
/// base64 of a hash of the consistency proof
///
/// the checkpoint, a signed note
/// ```
///
/// Source: C2SP tlog-witness, "add-checkpoint".
public struct CheckpointRequest: Hashable, Sendable {
    /// The size of the tree that the witness has cosigned before; 0 for none.
    public let oldSize: UInt64
    /// That the older tree is the start of the checkpoint's; empty for size 0.
    public let path: [Digest]
    public let note: SignedNote

    /// The most lines of a consistency proof.
    public static let pathCountMax = 63

    public init(oldSize: UInt64, path: [Digest], note: SignedNote) {
        self.oldSize = oldSize
        self.path = path
        self.note = note
    }

    /// The request with this body, or nil where it is none.
    public init?(_ body: String) {
        var rest = body[...]
        func line() -> Substring? {
            guard let end = rest.firstIndex(of: "\n") else { return nil }
            defer { rest = rest[rest.index(after: end)...] }
            return rest[..<end]
        }
        guard let first = line(), first.hasPrefix("old "), let size = UInt64(first.dropFirst(4)),
            first == "old \(size)"
        else { return nil }
        var path: [Digest] = []
        while let next = line() {
            guard !next.isEmpty else {
                guard let note = SignedNote(String(rest)) else { return nil }
                self.init(oldSize: size, path: path, note: note)
                return
            }
            guard path.count < Self.pathCountMax, let hash = Base64.decode(next),
                let digest = Digest(hash)
            else { return nil }
            path.append(digest)
        }
        return nil
    }

    public var body: String {
        "old \(oldSize)\n" + path.map { Base64.encode($0.bytes) + "\n" }.joined() + "\n"
            + note.note
    }
}
