import Consensus
import Cryptography
import Foundation
import Hosting
import Ledger
import Primitives

/// Sound inputs to begin from: the frozen bytes of `Tests/Vectors/formats`, messages made of them,
/// and the rules, mappings and exports that come with the project.
enum Corpus {
    struct Sample: Sendable {
        let name: String
        let bytes: [UInt8]
    }

    static func samples(root: URL) throws -> [Sample] {
        var samples: [Sample] = []
        for name in ["entries", "ledger", "proofs"] {
            let file = root.appending(path: "Tests/Vectors/formats/\(name).txt")
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                let parts = line.split(separator: "\t")
                guard parts.count == 2, let bytes = hex(parts[1]), bytes.count < 65_536 else {
                    continue
                }
                samples.append(Sample(name: "\(name)-\(parts[0])", bytes: bytes))
            }
        }
        let batch = samples.first { $0.name == "ledger-batch" }?.bytes ?? []
        samples += messages(batch: batch)
        samples += disk(batch: batch)
        if let signed = try? UnverifiedBatch(decoding: batch).signedHeader {
            samples.append(Sample(name: "signed-header", bytes: Array(signed)))
        }
        samples.append(Sample(name: "piece", bytes: [0x42, 1, 2, 0x43, 3, 4, 5, 0x41, 6]))
        samples.append(Sample(name: "snapshot", bytes: try snapshot(samples)))
        samples.append(Sample(name: "trail-row", bytes: try trailRow(samples)))
        samples += try texts(root: root)
        return samples
    }

    /// The state after the second frozen block, as a node offers it to others.
    private static func snapshot(_ samples: [Sample]) throws -> [UInt8] {
        func row(_ name: String) -> [UInt8] {
            samples.first { $0.name == "ledger-\(name)" }?.bytes ?? []
        }
        let block = try Block.decode(row("block 2"))
        var restoration = LedgerRestoration(genesis: try Genesis.decode(row("genesis")))
        for height in [UInt64(1), 2] {
            for (kind, name) in [(LedgerRow.Kind.changes, "changes"), (.chunk, "chunk")] {
                try restoration.add(
                    kind, at: Height(height), row("row \(height) \(name) 0"))
            }
        }
        var chunks: [[UInt8]] = []
        let manifest = try restoration.finish(header: block.header)
            .cutSnapshot(after: block) { chunks.append($1) }
        var writer = CBORWriter()
        writer.array(3)
        writer.bytes(row("genesis"))
        writer.bytes(manifest?.encode() ?? [])
        writer.array(chunks.count)
        for chunk in chunks { writer.bytes(chunk) }
        return writer.bytes
    }

    /// The row that has the first frozen block's run of slot 20, written when its turn comes.
    private static func trailRow(_ samples: [Sample]) throws -> [UInt8] {
        func row(_ name: String) -> [UInt8] {
            samples.first { $0.name == "ledger-row 1 \(name) 0" }?.bytes ?? []
        }
        let slot: UInt32 = 20
        var stretch = TrailStretch(TrailPace(blockWeight: 10, turnWeight: 10))
        try stretch.add(
            Height(1), leaves: 0..<3, runs: row("runs"),
            entries: BlockEntries([try UnverifiedBatch(decoding: row("batch"))]),
            patients: [slot])
        for height in 2...(UInt64(slot) + 1) {
            try stretch.add(Height(height), leaves: 3..<3, runs: nil, entries: .none, patients: [])
        }
        var sheet = TrailSheet()
        for turn in stretch.endedTurns { stretch.fill(&sheet, turn) }
        return sheet.rows.isEmpty ? [] : Array(sheet.bytes(ofRow: 0))
    }

    /// Messages between nodes, and what a replica writes down of them.
    private static func messages(batch: [UInt8]) -> [Sample] {
        let block = BlockID(hash: .zero, treeRoot: .zero)
        guard let voter = InstitutionID("insurer"),
            let signature = try? Signature([UInt8](repeating: 7, count: 64))
        else { return [] }
        let vote = Vote(
            kind: .precommit, height: Height(7), round: Round(2), voter: voter, block: block,
            validRound: nil, signature: signature)
        let proposal = Proposal(
            height: Height(7), round: Round(2), validRound: Round(1), blockID: block,
            block: [1, 2, 3], signature: signature)
        let status = ReplicaStatus(
            height: Height(7), round: Round(2), hasProposal: true, prevotes: [3],
            precommits: [1], missing: block)
        let sent: [PeerMessage] = [
            .vote(Unverified(vote)), .proposal(Unverified(proposal)), .status(status),
            .batch(batch), .batchesWanted([.zero]), .blockWanted(Height(3)),
            .lockWanted(Height(3), Round(1), block), .votesWanted(Height(9)),
        ]
        let records: [LogRecord] = [
            .workArrived(Height(7)), .voted(vote),
            .proposed(proposal, blockTime: Timestamp(milliseconds: 5), isTimely: true),
            .timedOut(Timer(height: Height(7), round: Round(2), step: .prevote)),
            .valueChecked(height: Height(7), block: block, isValid: false),
        ]
        return sent.enumerated().map { Sample(name: "message-\($0)", bytes: $1.encoded) }
            + records.enumerated().map { Sample(name: "record-\($0)", bytes: $1.encoded) }
            + [
                Sample(name: "vote", bytes: vote.encoded),
                Sample(name: "proposal", bytes: proposal.encoded),
            ]
    }

    private static func texts(root: URL) throws -> [Sample] {
        var samples: [Sample] = []
        for (folder, suffix, count) in [
            ("rules", ".yaml", 12), ("mappings", ".yaml", 4), ("mappings", ".json", 8),
            ("samples", ".ndjson", 12),
        ] {
            let paths =
                (FileManager.default.enumerator(atPath: root.appending(path: folder).path)?
                .compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(suffix) }.sorted()
            for path in paths.prefix(count) {
                let bytes = [UInt8](
                    try Data(contentsOf: root.appending(path: "\(folder)/\(path)")))
                // Of an export one line is enough.
                let part =
                    suffix == ".ndjson"
                    ? Array(bytes.prefix { $0 != UInt8(ascii: "\n") }) : bytes
                samples.append(
                    Sample(
                        name: path.split(separator: "/").joined(separator: "-"),
                        bytes: Array(part.prefix(16_384))))
            }
        }
        for (name, text) in [
            ("published-table", "code,units\nA0021,1\nA0080,2.5\n"),
            ("pattern", "^(A|B[0-9]{2,3}|[^C-E])+x?$"),
            ("claims", "claim,patient,total\nC1,P1,12.50\n\"C2\",P2,0\n"),
        ] { samples.append(Sample(name: name, bytes: Array(text.utf8))) }
        samples.append(
            Sample(
                name: "checkpoint",
                bytes: [UInt8]("log\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n".utf8)
                    + [UInt8]("\n\u{2014} log AAAAAAAA\n".utf8)))
        return samples
    }

    private static func hex(_ text: Substring) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }
}
