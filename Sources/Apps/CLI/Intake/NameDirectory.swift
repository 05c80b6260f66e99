internal import Node
internal import Primitives
internal import Records
internal import Supervision

/// Asks an institution's own node by which ids the ledger knows people.
///
/// The node asks the identity provider for whom it does not know, and the provider anchors that.
struct NameDirectory {
    private let place: NodePlace

    /// How long the identity provider may take, in seconds.
    private static let patience = 60

    init(_ place: NodePlace) {
        self.place = place
    }

    /// The ids of people who are known already: nobody is enrolled for being asked about.
    ///
    /// - Throws: `Failure` where the identity provider knows nobody by one of the names.
    func known(_ names: [NameBook.Name], epoch: UInt32) async throws -> [OpaqueID] {
        try await some(names, epoch, enrols: false)
    }

    /// One id for each name in an epoch, in their order; who is not known yet is enrolled.
    func ids(_ names: [NameBook.Name], epoch: UInt32) async throws -> [OpaqueID] {
        guard !names.isEmpty else { return [] }
        var ids: [OpaqueID] = []
        for start in stride(from: 0, to: names.count, by: DeskRequest.namesCountMax) {
            let end = min(start + DeskRequest.namesCountMax, names.count)
            ids += try await some(Array(names[start..<end]), epoch, enrols: true)
        }
        return ids
    }

    private func some(
        _ names: [NameBook.Name], _ epoch: UInt32, enrols: Bool
    ) async throws -> [OpaqueID] {
        let request =
            DeskRequest.names(names, .treatment, epoch: epoch, enrols: enrols).encode()
        let limit = ContinuousClock.now + .seconds(Self.patience)
        return try await place.ask { client in
            while true {
                let bytes = try await client.desk(request)
                let answer = try Desk.read { () throws(SupervisionError) in
                    try NamesAnswer.decode(bytes)
                }
                guard answer.refusal.isEmpty else {
                    throw Failure(.refused, "the identity provider: \(answer.refusal)")
                }
                if let place = answer.unknown.first, names.indices.contains(place) {
                    throw Failure(
                        .refused,
                        "the identity provider knows nobody by '\(names[place].identifier)'; no "
                            + "key was made, and nothing was asked of the ledger. Who came by FHIR "
                            + "is known by 'SYSTEM|VALUE', or by 'Patient/ID' (docs/interop.md)")
                }
                let ids = answer.ids.compactMap(\.self)
                if ids.count == names.count { return ids }
                guard ContinuousClock.now < limit else {
                    throw Failure(
                        .unreachable,
                        "the identity provider has named \(ids.count) of \(names.count) people "
                            + "in \(Self.patience) s; its node does not run, is not reached, "
                            + "or the ledger is stopped (`custos govern list`)")
                }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }
}
