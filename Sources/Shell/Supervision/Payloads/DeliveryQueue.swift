internal import Cryptography
public import Primitives
internal import Records
public import Sealing
internal import Storage

/// What of this institution's payloads must still go to whom, on the disk until it is answered.
///
/// A payload is queued when its entry is committed, in the same write group as the block, so that
/// neither a crash nor a recipient that is away for weeks loses one. Rows hold no keys: each
/// sending makes a fresh encapsulation, one for all that it carries.
public final class DeliveryQueue {
    public let institution: InstitutionID
    private let ledger: LedgerID
    private let database: SupervisionDatabase
    private let payloads: PayloadStore
    /// Where to begin to look for what waits for a recipient: no row of it lies below.
    ///
    /// The rows that were taken away are walked over until the data base is rid of them.
    private var starts: [InstitutionID: [UInt8]] = [:]

    /// The most payloads in one delivery that this node sends.
    public static let itemCountMax = 2_048
    /// About how many bytes of sealed payloads go into one delivery, but always one payload.
    public static let byteCountGoal = 4 << 20

    init(
        ledger: LedgerID, institution: InstitutionID, database: SupervisionDatabase,
        payloads: PayloadStore
    ) {
        self.ledger = ledger
        self.institution = institution
        self.database = database
        self.payloads = payloads
    }

    /// Queues the payload of a committed entry of this institution for its other recipients.
    func add(_ item: CommittedEntry, to group: inout WriteGroup) {
        guard item.entry.issuer == institution, let commitment = item.entry.commitment else {
            return
        }
        for recipient in item.entry.recipients where recipient != institution {
            let row = key(recipient, item.entry.stream, item.entry.number)
            group.put(row, commitment.bytes)
            if let start = starts[recipient], row.dropFirst().lexicographicallyPrecedes(start) {
                starts[recipient] = Array(row.dropFirst())
            }
        }
    }

    private func key(
        _ recipient: InstitutionID, _ stream: StreamID, _ number: UInt64, _ table: Table = .delivery
    ) -> [UInt8] {
        table.key(
            Array(recipient.name.utf8), [0], stream.number.bigEndianBytes, number.bigEndianBytes)
    }

    /// A queued payload, read back from its key.
    private struct Row {
        let stream: StreamID
        let number: UInt64
        let commitment: Digest

        /// How long a key is after the recipient: stream and number.
        static let byteCount = 10

        init(_ rest: ArraySlice<UInt8>, _ value: [UInt8]) throws(SupervisionError) {
            let bytes = Array(rest)
            guard bytes.count == Row.byteCount, let number = bytes.dropFirst(2).bigEndianNumber,
                let commitment = Digest(value)
            else { throw .damaged(table: "delivery", key: bytes) }
            stream = StreamID(UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
            self.number = number
            self.commitment = commitment
        }
    }

    /// How many payloads wait for each recipient, by id increasing.
    public func waiting() throws(SupervisionError) -> [(recipient: InstitutionID, count: Int)] {
        var counts: [(recipient: InstitutionID, count: Int)] = []
        try database.scan(.delivery, wrap: SupervisionError.storage) {
            (key, _) throws(SupervisionError) in
            guard let end = key.firstIndex(of: 0),
                let recipient = InstitutionID(String(decoding: key[..<end], as: UTF8.self))
            else { throw .damaged(table: "delivery", key: key) }
            if counts.last?.recipient == recipient {
                counts[counts.count - 1].count += 1
            } else {
                counts.append((recipient, 1))
            }
            return true
        }
        return counts
    }

    /// The next delivery for a recipient, sealed to it; nil where nothing waits.
    ///
    /// The same rows come again until ``handleAnswer(_:from:)`` takes them away. What can no longer
    /// be opened here, because it was erased, is taken off the queue.
    public func next(
        for recipient: InstitutionID, members: Members
    ) throws(SupervisionError) -> Delivery? {
        let rows = try rows(for: recipient)
        guard let first = rows.first else { return nil }
        guard let bytes = members[recipient]?.sealKey else {
            throw .recipient(recipient, why: "has no seal key")
        }
        var sealer = try sealing { () throws(SealingError) in
            try DeliverySealer(
                ledger: ledger, issuer: institution, stream: first.stream,
                firstNumber: first.number,
                recipients: [(recipient, try SealPublicKey(bytes))])
        }
        var byteCount = 0
        var added = 0
        var erased = WriteGroup()
        for row in rows where row.stream == first.stream {
            guard let sealed = try payloads.sealed(PayloadName(row.commitment, of: institution))
            else {
                erased.delete(key(recipient, row.stream, row.number))
                continue
            }
            byteCount += sealed.bytes.count
            if added > 0, byteCount > DeliveryQueue.byteCountGoal { break }
            added += 1
            try sealing { () throws(SealingError) in
                try sealer.add(sealed, number: row.number, recipients: [recipient])
            }
        }
        if !erased.isEmpty {
            try storage { () throws(StorageError) in try database.write(erased) }
            if added == 0 { return try next(for: recipient, members: members) }
        }
        return sealer.delivery
    }

    private func rows(for recipient: InstitutionID) throws(SupervisionError) -> [Row] {
        var rows: [Row] = []
        let prefix = Array(recipient.name.utf8) + [0]
        // Above all rows, where there is none.
        var first = prefix + Array(repeating: UInt8.max, count: Row.byteCount)
        try database.scan(
            .delivery, prefix: prefix, from: starts[recipient], wrap: SupervisionError.storage
        ) { (key, value) throws(SupervisionError) in
            if rows.isEmpty { first = key }
            rows.append(try Row(key[prefix.count...], value))
            return rows.count < DeliveryQueue.itemCountMax
        }
        starts[recipient] = first
        return rows
    }

    /// Takes what a recipient has stored off the queue, and keeps what it refused.
    ///
    /// - Returns: whether it had room for all.
    /// - Throws: ``SupervisionError/foreign(what:from:)`` for an answer to somebody else.
    @discardableResult
    public func handleAnswer(
        _ bytes: [UInt8], from recipient: InstitutionID
    ) throws(SupervisionError) -> Bool {
        let answer = try DeliveryAnswer.decode(bytes)
        guard answer.ledger == ledger, answer.issuer == institution else {
            throw .foreign(what: "delivery answer", from: recipient)
        }
        var group = WriteGroup()
        for item in answer.items where item.verdict != .later {
            let row = key(recipient, answer.stream, item.number)
            let queued = try storage { () throws(StorageError) in try database.get(row) }
            guard let queued, queued == item.commitment.bytes else { continue }
            group.delete(row)
            if case .refused(let reason) = item.verdict {
                group.put(
                    key(recipient, answer.stream, item.number, .refusal),
                    item.commitment.bytes + [reason.rawValue])
            }
        }
        try storage { () throws(StorageError) in try database.write(group) }
        return !answer.items.contains { $0.verdict == .later }
    }

    /// How many payloads recipients have refused; each is an argument to be settled by people.
    public func refusedCount() throws(SupervisionError) -> Int {
        try storage { () throws(StorageError) in try database.count(.refusal) }
    }
}
