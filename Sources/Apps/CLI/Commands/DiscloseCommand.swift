internal import ArgumentParser
internal import Foundation
internal import Node
internal import Primitives
internal import Proofs
internal import Records
internal import Supervision

/// Shows some segments of an anchored record, and proves that they belong to it.
struct DiscloseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disclose",
        abstract: "Show some segments of an anchored record; the rest stays sealed.",
        discussion: """
            Writes a file that `custos verify` checks offline: the segments belong to that version \
            of the record, as it was anchored. Of the other segments it shows nothing but that \
            they are there. Disclosing is an access, and is anchored as one. Once the payload is \
            erased, nothing of it can be disclosed any more.

            Segments: demographics, vitals, diagnoses, family-history, lifestyle, notes, \
            third-party, medications, results, procedures, images, other.

            Examples:
              custos disclose 17 --segments vitals,diagnoses --out ward.disclosure
              custos verify ward.disclosure --genesis devnet/county.genesis
            """)

    @Argument(help: "The record: leaf, issuer/stream/number, or leaf hash.")
    var entry: EntryReference

    @Option(help: "Kinds of segments, with commas between them.")
    var segments: String

    @Option(help: "The file to write.")
    var out: String

    @OptionGroup var trust: TrustOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let kinds = try Set(
            segments.split(separator: ",").map { name in
                guard let kind = Segment.Kind(name: String(name)) else {
                    throw ValidationError("there is no segment '\(name)'")
                }
                return kind
            })
        guard !kinds.isEmpty else { throw ValidationError("name a segment with --segments") }
        let place = try node.place
        let auditor = try trust.auditor(try place.genesis)
        let (leaf, disclosure) = try await place.ask { client in
            let proven = try await entry.prove(auditor, client)
            let leaf = proven.entry.leafIndex
            let bytes = try await client.desk(DeskRequest.disclose(leaf: leaf, kinds).encode())
            let answer = try Desk.read { () throws(SupervisionError) in
                try DisclosureAnswer.decode(bytes)
            }
            let disclosure = Disclosure(
                segmentCount: answer.segmentCount, proof: proven.file, shown: answer.shown)
            _ = try await NodeAuditor.checking { try proven.auditor.verify(disclosure) }
            return (leaf, disclosure)
        }
        let bytes = disclosure.encode()
        try Files.write(bytes, to: out)
        output.show(
            DisclosureReport(
                leaf: leaf, file: out, byteCount: bytes.count,
                shown: disclosure.shown.map(\.segment.kind.description),
                sealed: disclosure.segmentCount &- UInt64(disclosure.shown.count)))
    }
}

private struct DisclosureReport: Report {
    let leaf: UInt64
    let file: String
    let byteCount: Int
    let shown: [String]
    /// How many segments stay sealed.
    let sealed: UInt64

    var lines: [String] {
        [
            "\(shown.joined(separator: ", ")) of the record at leaf \(leaf): \(file), "
                + "\(byteCount) bytes; \(sealed) segments stay sealed"
        ]
    }
}
