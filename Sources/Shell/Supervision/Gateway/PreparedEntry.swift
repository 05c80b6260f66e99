public import Primitives
public import Records

/// An entry whose payload is sealed and kept, and that waits for its number.
///
/// Key, salt and sealed payload are on the disk: the outbox may give it a number and acknowledge.
public struct PreparedEntry: Hashable, Sendable {
    /// The entry under stream 0 and number 1, which are not its own yet.
    private let draft: Entry
    /// Whether the source system submitted it before, under the same reference.
    public let isRepeated: Bool

    init(_ draft: Entry, isRepeated: Bool = false) {
        self.draft = draft
        self.isRepeated = isRepeated
    }

    public var kind: EntryKind { draft.kind }
    /// The commitment to its payload: by it the outbox knows an entry that it already has.
    public var commitment: Digest? { draft.commitment }
    public var recipients: [InstitutionID] { draft.recipients }

    /// The entry under the number that the outbox gave it.
    public func numbered(_ stream: StreamID, _ number: UInt64) -> Entry {
        var entry = draft
        entry.stream = stream
        entry.number = number
        return entry
    }

    /// The bytes that the reference table keeps.
    var row: [UInt8] { draft.encode() }

    init(row: [UInt8], reference: OpaqueID) throws(SupervisionError) {
        do throws(EntryError) {
            self.init(try Entry.decode(row), isRepeated: true)
        } catch {
            throw .damaged(table: "reference", key: reference.bytes)
        }
    }
}
