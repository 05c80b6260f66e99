internal import Cryptography
internal import Ledger
internal import Primitives
internal import Records
internal import Storage

/// Knows which payloads are held, who has certified what it erased, and what must be certified.
final class ErasureDesk {
    private let institution: InstitutionID
    private let database: SupervisionDatabase
    private var handedOut: Set<OpaqueID> = []

    /// A hold that stands against erasing an entry's payload.
    struct Hold {
        let hold: OpaqueID
        let issuer: InstitutionID
        let ground: String
        let until: Day?

        func stands(on day: Day) -> Bool { until.map { day <= $0 } ?? true }
    }

    /// An erasure that was begun here, and whose certificate is not on the ledger yet.
    struct Pending {
        let id: OpaqueID
        let time: Timestamp
        let body: ErasureBody
    }

    init(institution: InstitutionID, database: SupervisionDatabase) {
        self.institution = institution
        self.database = database
    }

    /// Puts what the entries of a block say of holds and erasures into `group`; `charter` is that
    /// of the block's height.
    func add(
        _ block: CommittedBlock, _ charter: Charter, to group: inout WriteGroup
    ) throws(SupervisionError) {
        var changed: [[UInt8]: [UInt8]?] = [:]
        for item in block.entries {
            switch item.entry.body {
            case .hold(let body): try add(body, by: item.entry.issuer, charter, &changed)
            case .erasure(let body):
                for leaf in body.leaves {
                    let key = certificateKey(leaf, item.entry.issuer)
                    changed.updateValue(item.leafIndex.bigEndianBytes, forKey: key)
                }
                guard item.entry.issuer == institution else { continue }
                changed.updateValue(nil, forKey: Table.erasure.key(id(of: body).bytes))
            default: break
            }
        }
        for (key, row) in changed {
            if let row { group.put(key, row) } else { group.delete(key) }
        }
    }

    /// Regulators and auditors hold; who placed a hold lifts it, and nobody else.
    private func add(
        _ body: HoldBody, by issuer: InstitutionID, _ charter: Charter,
        _ changed: inout [[UInt8]: [UInt8]?]
    ) throws(SupervisionError) {
        guard let kind = charter.institution(issuer)?.kind,
            kind == .regulator || kind == .auditor
        else {
            return
        }
        for leaf in body.leaves {
            let key = Table.hold.key(leaf.bigEndianBytes, body.hold.bytes)
            var before: [UInt8]?
            if let known = changed[key] { before = known } else { before = try get(key) }
            let owner = try before.map { (row) throws(SupervisionError) in
                try ErasureDesk.hold(row, body.hold).issuer
            }
            if body.isLifted {
                if owner == issuer { changed.updateValue(nil, forKey: key) }
            } else if owner == nil {
                changed.updateValue(ErasureDesk.row(body, by: issuer), forKey: key)
            }
        }
    }

    private static func row(_ body: HoldBody, by issuer: InstitutionID) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 320)
        writer.array(3)
        writer.institution(issuer)
        writer.text(body.ground)
        if let until = body.until { writer.integer(Int64(until.number)) } else { writer.null() }
        return writer.bytes
    }

    private static func hold(
        _ row: [UInt8], _ id: OpaqueID
    ) throws(SupervisionError) -> Hold {
        try reading("hold row", row) { reader throws(CBORError) in
            try reader.array(exactly: 3)
            let issuer = try reader.institution()
            let ground = try reader.text(atMost: HoldBody.groundByteCountMax)
            let until = try reader.isNull() ? nil : Int32(clamping: reader.integer())
            return Hold(
                hold: id, issuer: issuer, ground: ground,
                until: until.map { Day(number: $0) })
        }
    }

    /// The holds on an entry, by their ids, those that have run out among them.
    func holds(on leaf: UInt64) throws(SupervisionError) -> [Hold] {
        var holds: [Hold] = []
        try database.scan(.hold, prefix: leaf.bigEndianBytes, wrap: SupervisionError.storage) {
            (key, row) throws(SupervisionError) in
            guard let id = OpaqueID(Array(key.dropFirst(8))) else {
                throw .damaged(table: "hold", key: key)
            }
            holds.append(try ErasureDesk.hold(row, id))
            return true
        }
        return holds
    }

    /// Who has certified the erasure of an entry's payload, and under which leaf, by id.
    func certificates(
        of leaf: UInt64
    ) throws(SupervisionError) -> [InstitutionID: UInt64] {
        var found: [InstitutionID: UInt64] = [:]
        try database.scan(
            .certificate, prefix: leaf.bigEndianBytes, wrap: SupervisionError.storage
        ) { (key, row) throws(SupervisionError) in
            guard let certificate = row.bigEndianNumber,
                let holder = InstitutionID(String(decoding: key.dropFirst(8), as: UTF8.self))
            else { throw .damaged(table: "certificate", key: key) }
            found[holder] = certificate
            return true
        }
        return found
    }

    /// Keeps for good that an erasure is begun, and returns when that is on the disk.
    func begin(_ body: ErasureBody, at now: Timestamp) throws(SupervisionError) -> Pending {
        let pending = Pending(id: id(of: body), time: now, body: body)
        var writer = CBORWriter(reservingCapacity: 64 + body.leaves.count * 5)
        writer.array(3)
        writer.integer(now.milliseconds)
        writer.text(body.ground)
        writer.array(body.leaves.count)
        for leaf in body.leaves { writer.unsigned(leaf) }
        var group = WriteGroup()
        group.put(Table.erasure.key(pending.id.bytes), writer.bytes)
        try storage { () throws(StorageError) in try database.write(group) }
        return pending
    }

    /// The erasures whose certificates were not handed out by this process.
    func pending() throws(SupervisionError) -> [Pending] {
        try begun().filter { !handedOut.contains($0.id) }
    }

    /// The leaves of all erasures whose certificates are not on the ledger yet.
    func begunLeaves() throws(SupervisionError) -> Set<UInt64> {
        Set(try begun().flatMap(\.body.leaves))
    }

    private func begun() throws(SupervisionError) -> [Pending] {
        var all: [Pending] = []
        try database.scan(.erasure, wrap: SupervisionError.storage) {
            (key, row) throws(SupervisionError) in
            guard let id = OpaqueID(key) else { throw .damaged(table: "erasure", key: key) }
            all.append(
                try reading("erasure row", row) { reader throws(CBORError) in
                    try reader.array(exactly: 3)
                    let time = Timestamp(milliseconds: try reader.integer())
                    let ground = try reader.text(atMost: HoldBody.groundByteCountMax)
                    var leaves: [UInt64] = []
                    for _ in 0..<(try reader.array(atMost: HoldBody.leafCountMax)) {
                        leaves.append(try reader.unsigned())
                    }
                    return Pending(
                        id: id, time: time, body: ErasureBody(leaves: leaves, ground: ground))
                })
            return true
        }
        return all
    }

    /// The certificate of an erasure, under a reference that makes it one entry however often it
    /// is handed out.
    func certificate(of pending: Pending, patients: [Subject]) -> Submission {
        handedOut.insert(pending.id)
        return Submission(
            kind: .erasure, eventTime: pending.time, subjects: patients,
            body: .erasure(pending.body), reference: pending.id)
    }

    private func id(of body: ErasureBody) -> OpaqueID {
        var bytes = Array("custos erasure".utf8)
        for leaf in body.leaves { bytes += leaf.bigEndianBytes }
        return OpaqueID(prefixOf: SHA256.hash(bytes + Array(body.ground.utf8)))
    }

    private func certificateKey(_ leaf: UInt64, _ holder: InstitutionID) -> [UInt8] {
        Table.certificate.key(leaf.bigEndianBytes, Array(holder.name.utf8))
    }

    private func get(_ key: [UInt8]) throws(SupervisionError) -> [UInt8]? {
        try storage { () throws(StorageError) in try database.get(key) }
    }
}
