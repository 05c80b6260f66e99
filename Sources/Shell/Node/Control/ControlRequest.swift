internal import Ledger
public import Primitives
public import Records

/// What an operator's program asks of a node over its control socket.
///
/// Bytes: `docs/formats/wire.md`, section "Control".
public enum ControlRequest: Hashable, Sendable {
    /// Where the node stands. Answer: ``NodeStatus``.
    case status
    /// An entry to be; the bytes of a `Submission`. Answer, once it is synced: its number.
    case submit(stream: StreamID, submission: [UInt8])
    /// Entries to be, as many as one request holds. Answer, once all are synced or refused:
    /// ``SubmissionAnswers``.
    case submitMany(stream: StreamID, submissions: [[UInt8]])
    /// A batch that its issuer has signed. Answer: ``BatchAnswer``; with `waits`, once it is
    /// committed or refused.
    case submitBatch([UInt8], waits: Bool)
    /// Answer, once the entry is committed: ``EntryAnswer``.
    case waitForEntry(InstitutionID, StreamID, number: UInt64)
    /// Partial answers from now on: ``CommitNotice`` for each block from this height on.
    case watch(from: Height)
    /// Answer: ``EntryAnswer``.
    case entryByNumber(InstitutionID, StreamID, number: UInt64)
    case entryByLeaf(UInt64)
    case entryByHash(Digest)
    /// Answer: ``BlockAnswer``; height 0 asks for the last block.
    case block(Height)
    /// Answer: the bytes of a `ProofFile` under the last block.
    case proof(leaf: UInt64)
    /// Answer: each validator's receipt for the entry under the last block.
    case receipts(leaf: UInt64)
    /// Answer: ``QueryAnswer``, one page.
    case query(QueryRequest)
    /// Answer: the proof that the ledger tree of the first size is the start of the second's.
    case consistency(from: UInt64, to: UInt64)
    /// Answer: the first record of an archive of these blocks; height 0 is the last block.
    case archiveHead(from: Height, through: Height)
    /// Answer: the record of a block in an archive.
    case archiveBlock(Height)
    /// Something for the supervision desk, which knows what; answered by it.
    case desk([UInt8])
    /// Answer: the bytes of a `GovernanceSummary`.
    case governance
    /// Answer: the bytes of what this ledger says of another one whose heads are anchored in it.
    case anchored(LedgerID)
    /// Answer: the bytes of an `AnchorStep` without its link, of the lowest head of that ledger
    /// whose tree has at least so many entries.
    case anchorStep(LedgerID, treeSize: UInt64)
    /// Answer: the bytes of a `GovernanceChain` between the sets of two heights; height 0 is the
    /// last block.
    case chain(from: Height, through: Height, skips: Bool)
    /// Answer: the keys of all validators that there were, without repeats.
    case validatorKeys
    /// Answer: the bytes of a `RuleProof` under the last block.
    case ruleProof(String)
    /// Answer: the bytes of a `TableProof` under the last block.
    case tableProof(String)
    /// Answer: the bytes of a `StandingProof` under the last block.
    case caseStanding(InstitutionID, OpaqueID)
    /// Answer: the same of a finding, by its id.
    case findingStanding(Digest)
    /// Stop the node. Answered before it stops.
    case stop
}

extension ControlRequest {
    static let version: UInt64 = 1

    public var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: capacity)
        switch self {
        case .status: writer.open(1, 0)
        case .submit(let stream, let submission):
            writer.open(2, 2)
            writer.unsigned(UInt64(stream.number))
            writer.bytes(submission)
        case .submitMany(let stream, let submissions):
            writer.open(24, 2)
            writer.submissions(submissions, stream)
        case .submitBatch(let bytes, let waits):
            writer.open(3, 2)
            writer.bytes(bytes)
            writer.bool(waits)
        case .waitForEntry(let issuer, let stream, let number):
            writer.open(4, 3)
            writer.entry(issuer, stream, number)
        case .watch(let height): writer.request(5, height.blocks)
        case .entryByNumber(let issuer, let stream, let number):
            writer.open(6, 3)
            writer.entry(issuer, stream, number)
        case .entryByLeaf(let leaf): writer.request(7, leaf)
        case .entryByHash(let hash): writer.request(8, hash)
        case .block(let height): writer.request(9, height.blocks)
        case .proof(let leaf): writer.request(10, leaf)
        case .receipts(let leaf): writer.request(11, leaf)
        case .query(let request):
            writer.open(12, QueryRequest.itemCount)
            request.encode(into: &writer)
        case .consistency(let first, let second): writer.request(15, first, second)
        case .archiveHead(let first, let last): writer.request(16, first.blocks, last.blocks)
        case .archiveBlock(let height): writer.request(17, height.blocks)
        case .desk(let bytes):
            writer.open(13, 1)
            writer.bytes(bytes)
        case .stop: writer.open(14, 0)
        case .governance: writer.open(18, 0)
        case .anchored(let id): writer.request(19, id.digest)
        case .anchorStep(let id, let size):
            writer.open(20, 2)
            writer.digest(id.digest)
            writer.unsigned(size)
        case .validatorKeys: writer.open(22, 0)
        case .chain(let first, let last, let skips):
            writer.request(21, first.blocks, last.blocks, skips ? 1 : 0)
        case .ruleProof(let rule): writer.request(23, rule)
        case .tableProof(let table): writer.request(25, table)
        case .caseStanding(let issuer, let id):
            writer.open(26, 2)
            writer.institution(issuer)
            writer.bytes(id.bytes)
        case .findingStanding(let id): writer.request(27, id)
        }
        return writer.bytes
    }

    private var capacity: Int {
        guard case .submitMany(_, let submissions) = self else { return 64 }
        return submissions.reduce(64) { $0 + $1.count + 5 }
    }

    public static func decode(
        _ bytes: ArraySlice<UInt8>
    ) throws(CBORError) -> ControlRequest {
        var reader = CBORReader(bytes)
        let start = reader.offset
        let fields = try reader.array(atMost: 8)
        let version = try reader.unsigned()
        guard version == ControlRequest.version else {
            throw .version(offset: start, found: version, supported: ControlRequest.version)
        }
        let kind = try reader.unsigned("kind of request", atMost: 27)
        guard kind > 0, fields == itemCount(kind) else {
            throw .unexpected(
                offset: start, expected: "a request of kind 1 to 27 with its fields",
                found: "kind \(kind) with \(fields) items")
        }
        let request = try read(kind, from: &reader)
        try reader.finish()
        return request
    }

    /// How many items a request has, version and kind included.
    private static func itemCount(_ kind: UInt64) -> Int {
        switch kind {
        case 1, 14, 18, 22: 2
        case 4, 6, 21: 5
        case 2, 3, 15, 16, 20, 24, 26: 4
        case 12: 2 + QueryRequest.itemCount
        default: 3
        }
    }

    private static func read(
        _ kind: UInt64, from reader: inout CBORReader
    ) throws(CBORError) -> ControlRequest {
        switch kind {
        case 1: return .status
        case 2:
            return .submit(
                stream: try reader.stream(), submission: Array(try reader.bytes()))
        case 3:
            return .submitBatch(Array(try reader.bytes()), waits: try reader.bool())
        case 4:
            return .waitForEntry(
                try reader.institution(), try reader.stream(), number: try reader.unsigned())
        case 5: return .watch(from: Height(try reader.unsigned()))
        case 6:
            return .entryByNumber(
                try reader.institution(), try reader.stream(), number: try reader.unsigned())
        case 7: return .entryByLeaf(try reader.unsigned())
        case 8: return .entryByHash(try reader.digest())
        case 9: return .block(Height(try reader.unsigned()))
        case 10: return .proof(leaf: try reader.unsigned())
        case 11: return .receipts(leaf: try reader.unsigned())
        case 12: return .query(try QueryRequest(from: &reader))
        case 13: return .desk(Array(try reader.bytes()))
        case 15:
            return .consistency(from: try reader.unsigned(), to: try reader.unsigned())
        case 16:
            return .archiveHead(
                from: Height(try reader.unsigned()), through: Height(try reader.unsigned()))
        case 17: return .archiveBlock(Height(try reader.unsigned()))
        case 18: return .governance
        case 22: return .validatorKeys
        case 19: return .anchored(LedgerID(try reader.digest()))
        case 20:
            return .anchorStep(
                LedgerID(try reader.digest()), treeSize: try reader.unsigned())
        case 21:
            return .chain(
                from: Height(try reader.unsigned()), through: Height(try reader.unsigned()),
                skips: try reader.unsigned("whether to skip", atMost: 1) == 1)
        case 23: return .ruleProof(try reader.text(atMost: RuleVersion.idByteCountMax))
        case 25:
            return .tableProof(try reader.text(atMost: TableVersion.nameByteCountMax))
        case 24: return try submissions(from: &reader)
        case 27: return .findingStanding(try reader.digest())
        case 26: return .caseStanding(try reader.institution(), try reader.opaqueID())
        default: return .stop
        }
    }
}

extension ControlRequest {
    fileprivate static func submissions(
        from reader: inout CBORReader
    ) throws(CBORError) -> ControlRequest {
        let stream = try reader.stream()
        let start = reader.offset
        var submissions: [[UInt8]] = []
        for _ in 0..<(try reader.array(atMost: SubmissionAnswers.countMax)) {
            submissions.append(Array(try reader.bytes()))
        }
        guard !submissions.isEmpty else {
            throw .unexpected(offset: start, expected: "at least one submission", found: "none")
        }
        return .submitMany(stream: stream, submissions: submissions)
    }
}

extension CBORWriter {
    fileprivate mutating func submissions(_ submissions: [[UInt8]], _ stream: StreamID) {
        unsigned(UInt64(stream.number))
        array(submissions.count)
        for submission in submissions { bytes(submission) }
    }

    /// Opens a request of a kind with so many fields.
    fileprivate mutating func open(_ kind: UInt64, _ fieldCount: Int) {
        array(fieldCount + 2)
        unsigned(ControlRequest.version)
        unsigned(kind)
    }

    fileprivate mutating func request(_ kind: UInt64, _ numbers: UInt64...) {
        open(kind, numbers.count)
        for number in numbers { unsigned(number) }
    }

    fileprivate mutating func request(_ kind: UInt64, _ id: Digest) {
        open(kind, 1)
        digest(id)
    }

    fileprivate mutating func request(_ kind: UInt64, _ name: String) {
        open(kind, 1)
        text(name)
    }

    mutating func entry(_ issuer: InstitutionID, _ stream: StreamID, _ number: UInt64) {
        institution(issuer)
        unsigned(UInt64(stream.number))
        unsigned(number)
    }
}
