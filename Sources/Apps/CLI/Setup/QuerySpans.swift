internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Records
internal import Supervision

/// Finds by which pseudonyms a query must ask for a patient, and names the epochs in it.
struct QuerySpans {
    let place: NodePlace
    let epochs: Epochs

    /// The query with the patient's pseudonym in each epoch that it spans.
    ///
    /// - Returns: the query, and what to tell the user where it spans less than one may think.
    func spanning(
        _ query: Query, _ options: QueryOptions
    ) async throws -> (query: Query, note: String?) {
        if let person = options.person {
            return (try await named(person, query, options), nil)
        }
        guard let patient = query.patient else {
            guard options.epochs == nil else {
                throw Failure(.usage, "--epochs says how long a patient is looked for; name one")
            }
            return (query, nil)
        }
        guard let range = options.epochs?.range ?? range(of: query), range.count > 1 else {
            return (query, nil)
        }
        try check(range)
        let request = DeskRequest.spans(patient, range, .supervision).encode()
        let answer = try await place.ask { client in
            let bytes = try await client.desk(request)
            return try Desk.read { () throws(SupervisionError) in
                try SpansAnswer.decode(bytes)
            }
        }
        guard answer.refusal.isEmpty else {
            // Who named the epochs wants them; else one pseudonym is what was asked for.
            guard options.epochs == nil else { throw Failure(.refused, answer.refusal) }
            return (query, "one pseudonym of the patient only: \(answer.refusal)")
        }
        // A node that names fewer epochs leaves out what happened in the others.
        guard Set(answer.spans.map(\.epoch)) == Set(range) else {
            let named = answer.spans.map { "\($0.epoch)" }.joined(separator: ", ")
            throw Failure(
                .refused,
                "the node names the patient in the epochs \(named); asked for were "
                    + "\(range.lowerBound) to \(range.upperBound)")
        }
        return (Self.spanning(query, answer.spans), nil)
    }

    /// The epochs of the days that a query names, where it names both ends.
    private func range(of query: Query) -> ClosedRange<UInt32>? {
        guard epochs.days > 0, let from = query.happenedFrom, let before = query.happenedBefore
        else { return nil }
        return epochs.epochs(from: from, before: before)
    }

    /// Asks for the pseudonyms of a person who is known, as who treats may; a query makes no key.
    private func named(
        _ person: String, _ query: Query, _ options: QueryOptions
    ) async throws -> Query {
        let now = epochs.epoch(of: Timestamp.now)
        let range = options.epochs?.range ?? range(of: query) ?? now...now
        try check(range)
        var spans: [PatientEpoch] = []
        let directory = NameDirectory(place)
        for epoch in range {
            let ids = try await directory.known([LocalName(.patient, person)], epoch: epoch)
            spans += ids.map { PatientEpoch(epoch: epoch, pseudonym: $0) }
        }
        return Self.spanning(query, spans)
    }

    private static func spanning(_ query: Query, _ spans: [PatientEpoch]) -> Query {
        var query = query
        query.patient = nil
        query.epochs = spans
        return query
    }

    private func check(_ range: ClosedRange<UInt32>) throws(Failure) {
        guard range.count <= PatientEpoch.countMax else {
            throw Failure(
                .usage,
                "an answer spans at most \(PatientEpoch.countMax) epochs, not \(range.count)")
        }
    }
}
