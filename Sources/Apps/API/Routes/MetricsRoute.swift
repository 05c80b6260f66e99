internal import Ledger
internal import Node
internal import Primitives
internal import Records
internal import Supervision

/// `GET /metrics`: the node's numbers in Prometheus' text format 0.0.4.
struct MetricsRoute: Sendable {
    let node: Node

    var route: Route {
        let node = node
        return Route("GET", "/metrics", isOpen: true) { _ in
            guard let status = try? await node.status() else {
                return .problem(503, "The node does not answer.")
            }
            let desk = try? await node.deskStatus()
            return HTTPResponse(
                200, "text/plain; version=0.0.4; charset=utf-8",
                Array((MetricsRoute.text(status, desk) + node.metrics.text).utf8))
        }
    }

    /// One line of help, one of type and one for each value.
    static func text(_ status: NodeStatus, _ desk: DeskStatus?) -> String {
        var text = MetricsText()
        text.gauge("custos_height", "The last block.", status.height.blocks)
        text.gauge("custos_entries", "Entries on the ledger.", status.treeSize)
        text.gauge("custos_round", "The round of the height under way.", status.round)
        text.gauge(
            "custos_catching_up", "Whether the node fetches blocks.", status.isCatchingUp ? 1 : 0)
        text.gauge("custos_peers", "Peers that are configured.", UInt64(status.peers.count))
        text.gauge(
            "custos_peers_connected", "Peers that messages go through to.",
            UInt64(status.connected.count))
        text.gauge(
            "custos_mempool_entries", "Entries that wait for a block.", status.mempoolEntries)
        text.gauge(
            "custos_mempool_bytes", "Bytes that wait for a block.", status.mempoolBytes)
        text.gauge("custos_convictions", "Convictions in the evidence log.", status.convictions)
        text.gauge(
            "custos_entries_from", "The lowest block whose entries are kept.",
            status.entriesFrom.blocks)
        for offset in status.clockOffsets {
            text.gauge(
                "custos_clock_offset_milliseconds",
                "How much this node's clock is ahead of a peer's.",
                offset.milliseconds, [("peer", offset.peer.name)])
        }
        if let own = status.clockOffset {
            text.gauge(
                "custos_clock_ahead_milliseconds",
                "How much this node's clock is ahead of the middle of the others'.", own)
        }
        if let days = status.certificateDays {
            text.gauge(
                "custos_certificate_days_left",
                "For how many days the dates of the TLS certificate last.", days)
        }
        text.gauge("custos_uptime_seconds", "How long the node runs.", status.uptimeSeconds)
        for outbox in status.outboxes {
            text.gauge(
                "custos_outbox_waiting", "Entries acknowledged and not yet anchored.",
                outbox.waiting, [("stream", "\(outbox.stream.number)")])
        }
        text.gauge(
            "custos_desk_height", "The last block that supervision has taken in.",
            status.deskHeight.blocks)
        if let desk { add(desk, to: &text) }
        return text.lines
    }

    private static func add(_ desk: DeskStatus, to text: inout MetricsText) {
        text.gauge(
            "custos_payloads_awaited", "Payloads sealed to us that have not come.",
            desk.awaitedCount)
        text.gauge(
            "custos_payloads_waiting", "Payloads that wait for a recipient.", desk.waitingCount)
        text.gauge(
            "custos_payload_mismatches", "Payloads that were not what their entries say.",
            desk.mismatchCount)
        text.gauge("custos_findings_open", "Findings open here.", desk.openCount)
        text.gauge(
            "custos_findings_standing", "Findings that stand on the ledger.", desk.standingCount)
        for rule in desk.rules {
            let label = [
                ("rule", rule.rule), ("stage", rule.stage.rawValue),
                ("hash", String(rule.hash.description.prefix(12))),
            ]
            text.gauge(
                "custos_rule_open", "Findings that a rule has open.", rule.openCount, label)
            text.gauge(
                "custos_rule_sealed", "What a rule could not judge, because it is sealed.",
                rule.sealedCount, label)
            text.gauge(
                "custos_rule_running", "Whether a rule runs here.", rule.problem.isEmpty ? 1 : 0,
                label)
        }
    }
}
