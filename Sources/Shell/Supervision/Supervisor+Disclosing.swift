internal import Cryptography
internal import Primitives
internal import Proofs
internal import Records

extension Supervisor {
    /// The segments of these kinds of an anchored record, with the way from each to its root.
    ///
    /// Showing them is an access to the patient.
    ///
    /// - Throws: ``SupervisionError/notDisclosed(leafIndex:why:)``.
    func disclose(
        _ leaf: UInt64, _ kinds: Set<Segment.Kind>, at now: Timestamp
    ) throws(SupervisionError) -> DeskReply {
        func refused(_ why: String) -> SupervisionError {
            .notDisclosed(leafIndex: leaf, why: why)
        }
        guard let item = try entries.entry(at: leaf) else { throw refused("is not there") }
        guard case .record = item.entry.body else { throw refused("is no record with segments") }
        let payload: Payload
        switch try entries.content(of: item) {
        case .opened(let opened): payload = opened
        case .erased: throw refused("was erased here, salts and all")
        case .awaited: throw refused("has not been delivered yet")
        default: throw refused("is not sealed to this institution")
        }
        let tree = SegmentTree(payload.segments)
        var shown: [Disclosure.Shown] = []
        for (place, segment) in payload.segments.enumerated() where kinds.contains(segment.kind) {
            guard let path = try? tree.path(to: place) else { continue }
            shown.append(
                Disclosure.Shown(place: UInt64(place), segment: segment, path: path))
        }
        let found = Set(shown.map(\.segment.kind))
        let missing = kinds.subtracting(found).map(\.description).sorted()
        guard missing.isEmpty else {
            let there = Set(payload.segments.map(\.kind.description)).sorted()
            throw refused(
                "has no segment \(missing.joined(separator: ", ")); "
                    + "there are \(there.isEmpty ? "none" : there.joined(separator: ", "))")
        }
        let answer = DisclosureAnswer(segmentCount: UInt64(payload.segments.count), shown: shown)
        let header = AccessHeader(
            action: .read, purpose: .operations, basis: .legal, outcome: .success)
        let object = "segments " + kinds.map(\.description).sorted().joined(separator: ", ")
        var first: [Submission] = []
        for case .patient(let id) in item.entry.subjects {
            first.append(
                Submission.access(
                    header, patient: identities.book.pseudonym(of: id, at: now) ?? id,
                    others: [], object: object, by: institution, at: now))
        }
        return DeskReply(answer.encode(), first: first)
    }
}
