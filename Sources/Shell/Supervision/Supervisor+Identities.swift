internal import Ledger
internal import Primitives
internal import Proofs
internal import Records

extension Supervisor {
    /// The pseudonyms of a patient in each of some epochs, as far as a key held here gives them.
    ///
    /// Being told them is an access to the patient.
    func spans(
        _ patient: OpaqueID, _ range: ClosedRange<UInt32>, _ purpose: AccessHeader.Purpose,
        at now: Timestamp
    ) throws(SupervisionError) -> DeskReply {
        guard let spans = identities.book.spans(patient, range) else {
            return DeskReply(
                SpansAnswer(
                    spans: [],
                    refusal: "\(institution) holds no key of this patient; its epochs' names are "
                        + "with the identity provider and with those who supervise"
                ).encode())
        }
        var query = Query()
        query.epochs = spans
        return DeskReply(
            SpansAnswer(spans: spans).encode(), first: traces(ofAsking: query, purpose, at: now))
    }

    /// Destroys the keys of persons, where this node is the identity provider.
    ///
    /// - Throws: ``SupervisionError/notProvider(_:)``, ``SupervisionError/nobodyKnown(count:)``.
    func forgetPersons(
        _ identifiers: [String], at now: Timestamp
    ) throws(SupervisionError) -> DeskReply {
        guard let service = identities.keys else { throw .notProvider(institution) }
        let (count, first) = try service.forget(identifiers, at: now)
        guard count > 0 else { throw .nobodyKnown(count: identifiers.count) }
        try pseudonyms.forget(
            identifiers.map { LocalName(.patient, $0) }, epochs: 0...epochs.epoch(of: now))
        _ = try identities.people?.takeOwn()
        return DeskReply(
            Array("destroyed the keys of \(count) of \(identifiers.count) persons".utf8),
            first: first)
    }

    /// How patient keys stand, for the operator: in words, a line each.
    func identitiesReply() throws(SupervisionError) -> DeskReply {
        var lines: [String] = []
        if let service = identities.keys {
            lines.append("identity provider: \(service.roster.last) keys made or destroyed so far")
            for id in service.hasKeysFor {
                let count = service.confirmed[id].map(String.init) ?? "not asked since the start"
                lines.append("  \(id) has taken: \(count)")
            }
        }
        if let people = identities.people, people.isSupervising || people.keyCount > 0 {
            lines.append("keys of \(people.keyCount) patients are held here")
        }
        if lines.isEmpty { lines.append("no patient keys are kept on this node") }
        return DeskReply(Array(lines.joined(separator: "\n").utf8))
    }
}
