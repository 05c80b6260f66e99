internal import ArgumentParser
internal import Foundation
internal import Node
internal import Primitives
internal import Records

/// Anchors a version of a record in segments.
struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Anchor a version of a record whose segments can be disclosed one by one.",
        discussion: """
            Each segment is a file. The node salts and seals them; the entry shows the root over \
            them, and which version it follows. Waits until the entry stands on the ledger.

            Examples:
              custos record 0f1e… --segment demographics=p.json --segment vitals=v.json
              custos record 0f1e… --segment notes=n.txt --previous 17 --node devnet/city-hospital
            """)

    @Argument(help: "The patient's pseudonym: 32 hexadecimal digits.")
    var patient: String

    @Option(
        name: .customLong("segment"),
        help: ArgumentHelp("A segment and its file; repeatable.", valueName: "kind=file"))
    var segments: [String]

    @Option(help: "The entry of the version before.")
    var previous: EntryReference?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        guard let patient = OpaqueID(hex: patient) else {
            throw ValidationError("a pseudonym has 32 hexadecimal digits")
        }
        let parts = try segments.map(segment)
        guard (1...Segment.countMax).contains(parts.count) else {
            throw ValidationError("a record has 1 to \(Segment.countMax) segments")
        }
        let place = try node.place
        let issuer = try place.institution
        let (leaf, version) = try await place.ask { client in
            let body = try await following(client)
            var fact = Fact(.record)
            try fact.set("patient", to: .id(patient))
            try fact.set("institution", to: .institution(issuer))
            try fact.set("version", to: .integer(Int64(clamping: body.version)))
            let submission = Submission(
                kind: .record, eventTime: .now, subjects: [.patient(patient)],
                body: .record(body),
                payload: Payload(mediaType: "", source: [], facts: [fact], segments: parts))
            let number = try await client.submit(submission)
            let answer = try await client.committed(issuer, StreamID(0), number: number)
            return (answer.leafIndex, body.version)
        }
        output.show(
            RecordReport(leaf: leaf, version: version, segments: parts.map(\.kind.description)))
    }

    private func segment(_ text: String) throws -> Segment {
        let halves = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard halves.count == 2, let kind = Segment.Kind(name: halves[0]) else {
            let kinds = Segment.Kind.allCases.map(\.description).joined(separator: ", ")
            throw ValidationError("'\(text)' is not KIND=FILE, with a kind out of \(kinds)")
        }
        let mediaType = halves[1].hasSuffix(".json") ? "application/json" : "text/plain"
        return Segment(kind: kind, mediaType: mediaType, content: try Files.read(halves[1]))
    }

    /// What the entry will say but for the root, which follows from salts that the node draws.
    private func following(_ client: NodeClient) async throws -> RecordBody {
        guard let previous else { return RecordBody(root: .zero) }
        let answer = try await previous.find(client)
        guard case .record(let body) = try Entry.decode(answer.entry[...]).body else {
            throw Failure(.refused, "leaf \(answer.leafIndex) is no record with segments")
        }
        return RecordBody(root: .zero, version: body.version + 1, previous: body.root)
    }
}

private struct RecordReport: Report {
    let leaf: UInt64
    let version: UInt64
    let segments: [String]

    var lines: [String] {
        ["version \(version) at leaf \(leaf), in segments: \(segments.joined(separator: ", "))"]
    }
}
