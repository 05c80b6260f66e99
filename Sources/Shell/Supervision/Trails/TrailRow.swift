internal import Primitives
public import Records

/// One entry for people to read: what every node sees, and what this one may open.
public struct TrailRow: Hashable, Sendable {
    public let item: CommittedEntry
    /// What became of the payload; its facts stand in ``facts``.
    public let state: State
    public let facts: [Fact]
    public let mediaType: String

    public enum State: Hashable, Sendable {
        case open
        case sealed
        case awaited
        case mismatched(Mismatch.Reason)
        case erased
        /// The kind has no payload.
        case clear
    }

    init(_ item: CommittedEntry, _ state: State, _ mediaType: String, _ facts: [Fact]) {
        self.item = item
        self.state = state
        self.mediaType = mediaType
        self.facts = facts
    }

    init(_ item: CommittedEntry, _ content: EntryContent) {
        self.item = item
        var facts: [Fact] = []
        var mediaType = ""
        switch content {
        case .none: state = .clear
        case .sealed: state = .sealed
        case .awaited: state = .awaited
        case .mismatched(let reason): state = .mismatched(reason)
        case .erased: state = .erased
        case .opened(let payload):
            state = .open
            facts = payload.facts
            mediaType = payload.mediaType
        }
        self.facts = facts
        self.mediaType = mediaType
    }

    /// One line: what happened, as far as this node may know.
    public var summary: String {
        var parts = [headline]
        switch state {
        case .open: parts += facts.prefix(1).map(TrailRow.words)
        case .sealed: parts.append("sealed to " + list(item.entry.recipients))
        case .awaited: parts.append("payload not delivered yet")
        case .mismatched(let reason): parts.append("payload refused: \(reason)")
        case .erased: parts.append("payload erased")
        case .clear: break
        }
        return parts.filter { !$0.isEmpty }.joined(separator: "; ")
    }

    private var headline: String {
        switch (item.entry.access, item.entry.body) {
        case (let access?, _):
            let outcome = access.outcome == .success ? "" : " (\(access.outcome))"
            return "\(access.action) for \(access.purpose), basis \(access.basis)\(outcome)"
        case (_, .link(let link)): return "\(link.first) and \(link.second): \(link.relation)"
        case (_, .source(let source)):
            return "\(source.system), \(source.day): \(source.count) events"
        case (_, .void(let void)): return "\(void.first) to \(void.last) lost: \(void.reason)"
        case (_, .credential(let credential)):
            return "credential \(credential.credential), \(credential.role)"
        case (_, .notice(let notice)):
            return "payload of leaf \(notice.leafIndex): \(notice.problem)"
        case (_, .hold(let hold)):
            return "\(hold.isLifted ? "lifts hold" : "hold") \(hold.hold) on leaves "
                + list(hold.leaves) + ": \(hold.ground)"
        case (_, .erasure(let erasure)):
            return "erased the payloads of leaves \(list(erasure.leaves)): \(erasure.ground)"
        case (_, .record(let record)): return "version \(record.version)"
        case (_, .case(let body)): return "case \(body.blindedCase): \(body.step)"
        case (_, .finding(let mark)):
            let what = mark.isWithdrawn ? "withdrawal of finding" : "finding"
            return "\(what) \(mark.finding), case \(mark.blindedCase)"
        default: return ""
        }
    }

    /// The fields of a fact that are known, as `name value, name value`.
    static func words(_ fact: Fact) -> String {
        let known = fact.kind.schema.fields.compactMap { field -> String? in
            guard let value = fact[field.number] else { return nil }
            return "\(field.name) \(value)"
        }
        return known.isEmpty ? fact.kind.name : "\(fact.kind.name): " + list(known)
    }
}

private func list(_ items: [some CustomStringConvertible]) -> String {
    items.map(\.description).joined(separator: ", ")
}

extension EntryStore {
    /// The rows that a query asks for, in ledger order.
    public func answer(_ query: TrailQuery) throws(SupervisionError) -> TrailAnswer {
        var rows: [TrailRow] = []
        var next: UInt64?
        let visit: (CommittedEntry) throws(SupervisionError) -> Bool = {
            (item) throws(SupervisionError) in
            guard query.matches(item.entry) else { return true }
            guard rows.count < query.limit else {
                next = item.leafIndex
                return false
            }
            rows.append(TrailRow(item, try self.content(of: item)))
            return true
        }
        if let term = query.term {
            try scan(term, from: query.firstLeaf, visit)
        } else {
            try scan(from: query.firstLeaf, visit)
        }
        return TrailAnswer(rows: rows, next: next)
    }
}
