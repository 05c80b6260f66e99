internal import Cryptography
public import Primitives
public import Records
internal import Storage

/// What a node remembers of the ids that the identity provider gave it.
///
/// Rows stand under a keyed hash of the identifier, so that the data base alone links nobody. It
/// remembers for an epoch; a new epoch asks anew.
public final class PseudonymClient {
    private let database: SupervisionDatabase
    private let key: [UInt8]

    /// `key`: 32 bytes that only this institution has.
    init(database: SupervisionDatabase, key: [UInt8]) {
        self.database = database
        self.key = key
    }

    /// The ids that are known already, in the order of the names; nil where one must be asked for.
    public func known(
        _ names: [LocalName], epoch: UInt32
    ) throws(SupervisionError) -> [OpaqueID?] {
        var ids: [OpaqueID?] = []
        ids.reserveCapacity(names.count)
        for name in names {
            let row = try storage { () throws(StorageError) in
                try database.get(rowKey(name, epoch))
            }
            guard let row else {
                ids.append(nil)
                continue
            }
            guard let id = OpaqueID(row) else {
                throw .damaged(table: "pseudonym", key: rowKey(name, epoch))
            }
            ids.append(id)
        }
        return ids
    }

    /// The question for those of the names that are not known, without repeats; nil for none.
    ///
    /// At most ``PseudonymRequest/nameCountMax`` of them: ask again for the rest.
    public func request(
        for names: [LocalName], epoch: UInt32, purpose: AccessHeader.Purpose, id: OpaqueID,
        enrols: Bool = true
    ) throws(SupervisionError) -> PseudonymRequest? {
        var seen: Set<LocalName> = []
        var unknown: [LocalName] = []
        for (name, known) in zip(names, try known(names, epoch: epoch))
        where known == nil && seen.insert(name).inserted {
            unknown.append(name)
        }
        guard !unknown.isEmpty else { return nil }
        return PseudonymRequest(
            id: id, epoch: epoch, purpose: purpose,
            names: Array(unknown.prefix(PseudonymRequest.nameCountMax)), enrols: enrols)
    }

    /// Remembers what was answered to a request, and returns what the answer says.
    ///
    /// That somebody is not known is not remembered: who is enrolled later is known then.
    ///
    /// - Throws: ``SupervisionError/malformed(what:_:)``, or
    ///   ``SupervisionError/unasked(what:)`` for an answer to another question.
    public func handleAnswer(
        _ bytes: [UInt8], to request: PseudonymRequest
    ) throws(SupervisionError) -> PseudonymAnswer.Verdict {
        let answer = try PseudonymAnswer.decode(bytes)
        guard answer.id == request.id else { throw .unasked(what: "pseudonym answer") }
        let ids: [OpaqueID?]
        switch answer.verdict {
        case .named(let named) where request.enrols: ids = named
        case .found(let found) where !request.enrols: ids = found
        case .named, .found: throw .unasked(what: "pseudonym answer")
        case .tooMany, .refused: return answer.verdict
        }
        guard ids.count == request.names.count else { throw .unasked(what: "pseudonym answer") }
        var group = WriteGroup()
        for case (let name, let id?) in zip(request.names, ids) {
            group.put(rowKey(name, request.epoch), id.bytes)
        }
        try storage { () throws(StorageError) in try database.write(group) }
        return answer.verdict
    }

    /// Takes away what is remembered of names in these epochs.
    func forget(
        _ names: [LocalName], epochs: ClosedRange<UInt32>
    ) throws(SupervisionError) {
        var group = WriteGroup()
        for name in names {
            for epoch in epochs { group.delete(rowKey(name, epoch)) }
        }
        try storage { () throws(StorageError) in try database.write(group) }
    }

    private func rowKey(_ name: LocalName, _ epoch: UInt32) -> [UInt8] {
        let message =
            epoch.bigEndianBytes + [name.role.rawValue] + Array(name.identifier.utf8)
        return Table.pseudonym.key(HMACSHA256.authenticate(message, key: key).bytes)
    }
}
