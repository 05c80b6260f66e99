internal import Logging

/// What a line of a node's log is about: programs that read logs rely on these names.
///
/// Listed in `docs/operating.md`, "Logs".
enum NodeEvent: String, CaseIterable, Sendable {
    case started = "node.started"
    case stopping = "node.stopping"
    case keysWanted = "node.keys-wanted"
    case identityChanged = "node.identity-changed"
    /// What the core reports: a replica that returns, a snapshot, a change of governance.
    case reported = "node.reported"
    case peerConnected = "peer.connected"
    case peerLost = "peer.lost"
    case peerRefused = "peer.refused"
    case peerUnreachable = "peer.unreachable"
    case peerDropped = "peer.dropped"
    case peerUnanswering = "peer.unanswering"
    case convicted = "evidence.convicted"
    case streamClosed = "stream.closed"
    case streamOpened = "stream.opened"
    case batchWaits = "stream.batch-waits"
    case notAnchored = "entry.not-anchored"
    case unfit = "entry.without-effect"
    case pruned = "retention.pruned"
    case notPruned = "retention.not-pruned"
    case notCut = "snapshot.not-cut"
    case logCut = "log.cut"
}

/// The names of what a line says beside its words.
enum LogField: String, CaseIterable, Sendable {
    case event, peer, institution, ledger, address, version, stream, number, height, blocks, kind
    case reason, part, bytes
}

extension Logger {
    /// Logs a line with its event and fields beside the words for people.
    func note(
        _ level: Level, _ event: NodeEvent, _ words: @autoclosure () -> Message,
        _ fields: KeyValuePairs<LogField, any CustomStringConvertible & Sendable> = [:]
    ) {
        guard level >= logLevel else { return }
        var metadata: Metadata = [LogField.event.rawValue: .string(event.rawValue)]
        for (field, value) in fields { metadata[field.rawValue] = .stringConvertible(value) }
        log(level: level, words(), metadata: metadata)
    }
}
