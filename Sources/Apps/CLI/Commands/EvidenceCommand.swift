internal import ArgumentParser
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Records

/// Lists what convicts somebody.
struct EvidenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "List the evidence on the ledger: who signed what nobody honest signs.",
        discussion: """
            Evidence is a pair of signed messages that convicts an institution: two votes in one \
            round, a lock that was ignored, two entries under one number. Every node checked it \
            before it came to stand here. A claim of a valid round that was not proved on demand \
            convicts nobody; it is shown as open until its proof is on the ledger. Ends with 1 \
            where somebody is convicted.

            Examples:
              custos evidence --node devnet/regulator
              custos evidence --node devnet/regulator --json
            """)

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let place = try node.place
        let (status, rows) = try await place.ask { client in
            let status = try await client.status()
            // Before the first block there is nothing to ask about.
            return (status, status.height == .genesis ? [] : try await Self.rows(client))
        }
        var views: [EvidenceView] = []
        for row in rows {
            guard let view = try EvidenceView(row) else { continue }
            for index in views.indices where view.body.answers(views[index].body) {
                views[index].isAnswered = true
            }
            views.append(view)
        }
        let report = EvidenceReport(evidence: views, kept: status.convictions)
        output.show(report)
        if report.evidence.contains(where: \.convicts) { throw Ending.refused }
    }

    /// Every entry of evidence, page by page.
    private static func rows(_ client: NodeClient) async throws -> [QueryAnswer.Row] {
        var query = Query()
        query.kinds = [.evidence]
        var request = QueryRequest(query, isProved: false)
        var rows: [QueryAnswer.Row] = []
        while true {
            let answer = try await client.query(request)
            rows += answer.rows
            guard let next = answer.next else { return rows }
            request.heights = next
        }
    }
}

/// One piece of evidence as it stands on the ledger.
struct EvidenceView: Encodable {
    let kind: String
    let about: String
    let convicts: Bool
    /// Of a demand: whether its proof came.
    var isAnswered = false
    let leaf: UInt64
    let height: UInt64
    let anchoredBy: String
    let says: String
    let body: EvidenceBody

    var isProof: Bool { body.kind == .proofOfLock }

    private enum CodingKeys: CodingKey {
        case kind, about, convicts, isAnswered, leaf, height, anchoredBy, says
    }

    init?(_ answer: QueryAnswer.Row) throws {
        let entry = try Entry.decode(answer.entry)
        guard case .evidence(let body) = entry.body else { return nil }
        kind = "\(body.kind)"
        about = body.about.name
        convicts = body.kind.convicts
        leaf = answer.leafIndex
        height = answer.height.blocks
        anchoredBy = entry.issuer.name
        says = body.summary
        self.body = body
    }
}

private struct EvidenceReport: Report {
    let evidence: [EvidenceView]
    /// How many convictions the node itself keeps, anchored or not.
    let kept: UInt64

    var lines: [String] {
        var lines =
            evidence.isEmpty
            ? ["No evidence on the ledger."] : ["\(evidence.count) entries of evidence"]
        for view in evidence {
            let standing =
                view.convicts
                ? "convicted"
                : view.isAnswered || view.isProof ? "answered" : "asked for a proof"
            lines.append(
                "  \(view.about) \(standing): \(view.says)  (leaf \(view.leaf), block "
                    + "\(view.height), anchored by \(view.anchoredBy))")
        }
        let standing = evidence.count(where: \.convicts)
        if kept > standing {
            lines.append("  \(kept) convictions are kept by this node; the rest is being anchored")
        }
        return lines
    }
}
