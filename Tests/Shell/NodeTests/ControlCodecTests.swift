internal import Cryptography
internal import Primitives
internal import Proofs
internal import Records
internal import Testing

@testable import Node

@Suite("Control codec")
struct ControlCodecTests {
    private static let id = InstitutionID("a-1")
    private static let digest = SHA256.hash([1])

    private static var requests: [ControlRequest] {
        guard let id else { return [] }
        return [
            .status, .stop, .submit(stream: StreamID(65_535), submission: [1, 2]),
            .submitMany(stream: StreamID(3), submissions: [[1, 2], [3]]),
            .submitBatch([3], waits: true), .submitBatch([], waits: false),
            .waitForEntry(id, StreamID(1), number: .max), .watch(from: Height(7)),
            .entryByNumber(id, StreamID(0), number: 1), .entryByLeaf(9), .entryByHash(digest),
            .block(Height(3)), .proof(leaf: 1), .receipts(leaf: 2),
            .query(QueryRequest(Query(), heights: HeightRange(Height(1), Height(7)))),
            .consistency(from: 3, to: 9),
            .archiveHead(from: Height(1), through: Height(4)), .archiveBlock(Height(3)),
            .desk([9, 9]), .governance, .validatorKeys, .anchored(LedgerID(digest)),
            .anchorStep(LedgerID(digest), treeSize: 7),
            .chain(from: Height(1), through: Height(9), skips: true), .ruleProof("CE-01"),
            .tableProof("limit"), .caseStanding(id, OpaqueID(prefixOf: digest)),
            .findingStanding(digest),
        ]
    }

    @Test func everyRequestReadsBack() throws {
        #expect(ControlCodecTests.requests.count == 28)
        for request in ControlCodecTests.requests {
            #expect(try ControlRequest.decode(request.encoded[...]) == request)
        }
    }

    /// Bytes from a socket never trap: every cut and every flipped byte is refused or read.
    @Test func noBytesTrap() {
        for request in ControlCodecTests.requests {
            let bytes = request.encoded
            for length in 0..<bytes.count {
                #expect(throws: CBORError.self) { try ControlRequest.decode(bytes[..<length]) }
            }
            for index in bytes.indices {
                for flip in [UInt8(1), 0x20, 0x80] {
                    var other = bytes
                    other[index] ^= flip
                    _ = try? ControlRequest.decode(other[...])
                }
            }
        }
    }

    @Test func answersReadBack() throws {
        let entry = EntryAnswer(
            leafIndex: 1, height: Height(2), time: Timestamp(milliseconds: -3),
            batch: ControlCodecTests.digest, entry: [4, 5])
        #expect(try EntryAnswer.decode(entry.encoded[...]) == entry)
        let batches: [BatchAnswer] = [
            .admitted(ControlCodecTests.digest), .waiting([]),
            .waiting([ControlCodecTests.digest, .zero]),
            .committed(height: Height(1), firstLeaf: 2),
        ]
        for answer in batches { #expect(try BatchAnswer.decode(answer.encoded[...]) == answer) }
        let notice = CommitNotice(
            height: Height(1), hash: .zero, time: Timestamp(milliseconds: 5), firstLeaf: 2,
            entryCount: 3, batchCount: 4)
        #expect(try CommitNotice.decode(notice.encoded[...]) == notice)
        let block = BlockAnswer(height: Height(9), block: [1], commitProof: [2, 3])
        #expect(try BlockAnswer.decode(block.encoded[...]) == block)
        let row = QueryAnswer.Row(height: Height(3), leafIndex: 9, entry: [1, 2])
        for answer in [
            QueryAnswer(page: [1, 2], rows: [], next: nil),
            QueryAnswer(page: nil, rows: [row, row], next: HeightRange(Height(4), Height(8))),
        ] { #expect(try QueryAnswer.decode(answer.encoded[...]) == answer) }
        let answers = SubmissionAnswers([.number(7), .refused("busy: later"), .number(9)])
        #expect(try SubmissionAnswers.decode(answers.encoded[...]) == answers)
        #expect(answers.answers.map(\.isBusy) == [false, true, false])
        let id = try #require(ControlCodecTests.id)
        let receipts = [ReceiptAnswer(voter: id, receipt: [8])]
        #expect(try [ReceiptAnswer].decode(receipts.encoded[...]) == receipts)
        let status = NodeStatus(
            institution: id, ledger: LedgerID(.zero), height: Height(4),
            hash: ControlCodecTests.digest, time: Timestamp(milliseconds: 1), treeSize: 5,
            round: 6, standing: "resting", missing: [id], isCatchingUp: true, connected: [id],
            peers: [id, id], mempoolEntries: 7, mempoolBytes: 8,
            outboxes: [.init(stream: StreamID(2), nextNumber: 3, waiting: 1)], convictions: 9,
            deskHeight: Height(3), uptimeSeconds: 10, entriesFrom: Height(2), clockOffset: -7,
            clockOffsets: [.init(peer: id, milliseconds: -8)], certificateDays: 36_000,
            rulesHeight: Height(2),
            members: [
                .init(
                    institution: id, power: 10, lastSeen: Height(3), isLive: true,
                    speaks: .newest),
                .init(institution: id, power: 0, lastSeen: nil, isLive: false, speaks: nil),
            ])
        #expect(try NodeStatus.decode(status.encoded[...]) == status)
        var bare = status
        (bare.clockOffset, bare.certificateDays) = (nil, nil)
        #expect(try NodeStatus.decode(bare.encoded[...]) == bare)
    }
}
