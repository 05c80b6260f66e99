internal import Primitives
internal import Records

/// The sealed entries that the engine was told of, by kind of fact and by patient.
///
/// Most windows look for rows of one patient, and most sealed entries are of others.
struct SealedEntries: Sendable {
    private var ofKind = Array(repeating: Kind(), count: FactKind.allCases.count)

    private struct Kind: Sendable {
        var entries: [SealedEntry] = []
        /// Places in `entries`.
        var ofPatient: [OpaqueID: [Int32]] = [:]
        var ofNobody: [Int32] = []
    }

    mutating func add(_ entry: SealedEntry) {
        let kind = entry.kind.index
        let place = Int32(truncatingIfNeeded: ofKind[kind].entries.count)
        ofKind[kind].entries.append(entry)
        if let patient = entry.patient {
            ofKind[kind].ofPatient[patient, default: []].append(place)
        } else {
            ofKind[kind].ofNobody.append(place)
        }
    }

    func isEmpty(kind: Int) -> Bool { ofKind[kind].entries.isEmpty }

    /// Whether an entry of a kind may be about the patient; any where it is nil.
    func mayConcern(kind: Int, patient: OpaqueID?) -> Bool {
        guard !ofKind[kind].entries.isEmpty else { return false }
        guard let patient else { return true }
        return !ofKind[kind].ofNobody.isEmpty || ofKind[kind].ofPatient[patient] != nil
    }

    /// Calls `body` with each entry of a kind that may be about the patient; all where it is nil.
    func visit(kind: Int, patient: OpaqueID?, _ body: (SealedEntry) -> Void) {
        let kind = ofKind[kind]
        guard let patient else { return kind.entries.forEach(body) }
        for place in kind.ofPatient[patient] ?? [] { body(kind.entries[Int(place)]) }
        for place in kind.ofNobody { body(kind.entries[Int(place)]) }
    }
}
