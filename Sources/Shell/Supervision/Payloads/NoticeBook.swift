internal import Cryptography
internal import Primitives
internal import Records
internal import Storage

/// Remembers which notices about payloads this institution has anchored.
final class NoticeBook {
    private let institution: InstitutionID
    private let database: SupervisionDatabase
    private var handedOut: Set<NoticeBody> = []

    init(institution: InstitutionID, database: SupervisionDatabase) {
        self.institution = institution
        self.database = database
    }

    /// Puts the notices of this institution that a block brought into `group`.
    func add(_ block: CommittedBlock, to group: inout WriteGroup) {
        for item in block.entries where item.entry.issuer == institution {
            if case .notice(let body) = item.entry.body { group.put(NoticeBook.key(body), []) }
        }
    }

    /// Whether a notice is neither on the ledger nor handed out; from now on it is.
    func mayNotice(_ body: NoticeBody) throws(SupervisionError) -> Bool {
        guard !handedOut.contains(body) else { return false }
        let row = try storage { () throws(StorageError) in
            try database.get(NoticeBook.key(body))
        }
        guard row == nil else { return false }
        handedOut.insert(body)
        return true
    }

    /// The reference under which a notice is one entry, however often it is handed out.
    static func reference(_ body: NoticeBody) -> OpaqueID {
        OpaqueID(
            prefixOf: SHA256.hash(
                Array("custos notice".utf8) + body.leafIndex.bigEndianBytes
                    + [body.problem.rawValue]))
    }

    private static func key(_ body: NoticeBody) -> [UInt8] {
        Table.notice.key(body.leafIndex.bigEndianBytes, [body.problem.rawValue])
    }
}
