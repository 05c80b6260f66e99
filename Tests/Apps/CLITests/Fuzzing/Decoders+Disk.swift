import Cryptography
import Hosting
import Ledger
import Primitives
import Proofs
import Records

@testable import Consensus
@testable import Node
@testable import Storage

/// What a node reads from its own disk, and the framing of archives.
extension Decoders {
    static let disk = [
        Decoder("segment of a log") { bytes -> Int? in
            let path = "0000000000000001.log"
            guard try LogSegment.checkHeader(bytes, number: 1, path: path) else { return nil }
            var count = 0
            let end = try LogSegment.scan(bytes, path: path) { _ in count += 1 }
            return count > 0 && end == bytes.count ? count : nil
        },
        Decoder("mark of a log") { try SyncMark.decode($0, path: "synced") },
        Decoder("slots of what was signed last") { bytes -> [UInt8]? in
            let newest = try LastSignedFile.newest(of: bytes, path: "last-signed")
            return newest.content.isEmpty ? nil : newest.content
        },
        Decoder("last-signed state, and records beside it") { bytes -> LastSigned? in
            let last = try LastSigned.decode(bytes[...])
            return last.records.isEmpty ? nil : last
        },
        Decoder("record of the host") { try HostRecord.decode($0[...]) },
        Decoder("row of an outbox") { try OutboxRow.decode($0[...]) },
        Decoder("kept evidence") { try EvidenceBody.decodeKept($0[...]) },
        Decoder("commit row") { try CommitRow.decode($0[...]) },
        Decoder("founding row") { try FoundingRow.decode($0[...]) },
        Decoder("framing of an archive") { bytes -> Int? in
            guard bytes.starts(with: ArchiveHead.magic) else { return nil }
            var (rest, count) = (bytes.dropFirst(ArchiveHead.magic.count), 0)
            while !rest.isEmpty {
                let length = try ArchiveFraming.byteCount(
                    after: rest.prefix(ArchiveFraming.headByteCount))
                rest = rest.dropFirst(ArchiveFraming.headByteCount)
                guard rest.count >= length else { return nil }
                rest = rest.dropFirst(length)
                count += 1
            }
            return count > 0 ? count : nil
        },
    ]
}

extension Corpus {
    /// What a node that has worked has on its disk, in small.
    static func disk(batch: [UInt8]) -> [Sample] {
        var segment = LogSegment.header(number: 1)
        for length in [1, 40, 400] {
            let payload = [UInt8](repeating: 0xa5, count: length)
            unsafe LogSegment.appendRecord(payload.span.bytes, durable: 24, to: &segment)
        }
        let entry = OutboxRow(number: 3, entry: batch, nextNumber: 4)
        let archive = [batch, [1, 2, 3]].reduce(into: ArchiveHead.magic) { archive, record in
            archive += ArchiveFraming.head(of: record) + record
        }
        var samples = [
            Sample(name: "segment", bytes: segment),
            Sample(name: "mark", bytes: SyncMark.encode(.init(part: 1, extent: 24))),
            Sample(
                name: "slots",
                bytes: LastSignedFile.slot(4, [1, 2, 3]) + LastSignedFile.slot(3, [4])),
            Sample(
                name: "batch-record",
                bytes: HostRecord.batch(height: Height(7), bytes: batch).encoded),
            Sample(name: "outbox-row", bytes: entry.encoded(of: StreamID(2))),
            Sample(name: "founding", bytes: FoundingRow(height: Height(9)).encoded),
            Sample(name: "archive", bytes: archive),
        ]
        if let insurer = InstitutionID("insurer") {
            let evidence = EvidenceBody(
                kind: .doubleVote, about: insurer, first: [1, 2], second: [3])
            samples.append(Sample(name: "kept", bytes: evidence.keptBytes))
        }
        if let voter = InstitutionID("insurer"),
            let signature = try? Signature([UInt8](repeating: 7, count: 64))
        {
            let commit = CommitProof(
                height: Height(7), round: Round(2), block: BlockID(hash: .zero, treeRoot: .zero),
                precommits: [.init(voter: voter, signature: signature)])
            let row = CommitRow(commit: commit, stateRowsFrom: Height(3))
            samples.append(Sample(name: "commit-row", bytes: row.encoded))
            let vote = Vote(
                kind: .precommit, height: Height(7), round: Round(2), voter: voter,
                block: commit.block, validRound: nil, signature: signature)
            let last = LastSigned(
                state: SignedState(signed: .vote(vote), locked: nil, valid: nil),
                records: [HostRecord.batch(height: Height(7), bytes: batch).encoded])
            samples.append(Sample(name: "last-signed", bytes: last.encoded))
        }
        return samples
    }
}
