internal import Cryptography
public import Primitives
internal import Proofs
public import Records

/// Whether an opened payload is the one that an entry commits to, and may be used as evidence.
public enum PayloadCheck {
    /// The payload in `bytes`, if it matches the entry.
    ///
    /// The same answer comes at every recipient and at every auditor, so that nobody draws a
    /// finding from facts that another one would not accept.
    ///
    /// - Throws: ``PayloadProblem``, the first that is found.
    public static func check(
        _ bytes: [UInt8], salt: [UInt8], of entry: Entry, ledger: LedgerID
    ) throws(PayloadProblem) -> Payload {
        let recomputed = try? PayloadCommitment.commit(to: bytes, salt: salt, ledger: ledger)
        guard let recomputed, recomputed == entry.commitment else { throw .commitment }
        return try read(bytes, of: entry)
    }

    /// The payload in `bytes`, which were already seen to match the entry's commitment.
    ///
    /// - Throws: ``PayloadProblem``, but for ``PayloadProblem/commitment``.
    public static func read(
        _ bytes: [UInt8], of entry: Entry
    ) throws(PayloadProblem) -> Payload {
        let payload: Payload
        do throws(FactError) {
            payload = try Payload.decode(bytes)
        } catch {
            throw .format(error)
        }
        try checkFacts(of: payload, entry: entry)
        return payload
    }

    /// Throws where a fact stands under an entry that does not announce it: of a kind that the
    /// entry's kind does not hold, or about a patient that the ledger's index does not list it
    /// under; or, where it names no patient, about a practitioner.
    public static func checkFacts(
        of payload: Payload, entry: Entry
    ) throws(PayloadProblem) {
        try checkSegments(of: payload, entry: entry)
        let isOfHouse = entry.kind == .record && !entry.subjects.contains { $0.typeNumber == 1 }
        for (ordinal, fact) in payload.facts.enumerated() {
            guard entry.mayHold(fact.kind) else {
                throw .kind(ordinal: ordinal, fact: fact.kind, entry: entry.kind)
            }
            for field in fact.kind.schema.fields {
                guard let subject = subject(fact[field.number], field.type, isOfHouse) else {
                    continue
                }
                guard entry.subjects.contains(subject) else {
                    throw .subject(ordinal: ordinal, field: field.name)
                }
            }
        }
    }

    /// The subject that the entry must have for this value; nil where it need not.
    private static func subject(
        _ value: FactValue?, _ type: FactType, _ isOfHouse: Bool
    ) -> Subject? {
        guard case .id(let id) = value else { return nil }
        switch type {
        case .patient: return .patient(id)
        case .practitioner where isOfHouse: return .practitioner(id)
        default: return nil
        }
    }
}

extension PayloadCheck {
    /// Throws unless the payload has the segments that the entry's root stands for, or neither
    /// has any.
    private static func checkSegments(
        of payload: Payload, entry: Entry
    ) throws(PayloadProblem) {
        guard case .record(let record) = entry.body else {
            guard payload.segments.isEmpty else { throw .segments }
            return
        }
        guard !payload.segments.isEmpty,
            payload.segments.allSatisfy({ $0.salt.count == Segment.saltByteCount }),
            SegmentTree(payload.segments).root == record.root
        else { throw .segments }
    }
}

/// Why an opened payload is no evidence.
public enum PayloadProblem: Error, Equatable, Sendable {
    /// Salt and payload do not give the entry's commitment.
    case commitment
    /// It matches, and is no payload in the format.
    case format(FactError)
    /// A fact is of a kind that entries of this kind do not hold.
    case kind(ordinal: Int, fact: FactKind, entry: EntryKind)
    /// A fact names somebody whom the entry must name and does not.
    case subject(ordinal: Int, field: String)
    /// Its segments do not give the root that the entry shows, or stand where there is none.
    case segments
}

extension PayloadProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .segments: "the segments of the payload do not give the root that the entry shows"
        case .commitment: "salt and payload do not give the commitment of the entry"
        case .format(let error): "the payload matches its commitment, and is none: \(error)"
        case .kind(let ordinal, let fact, let entry):
            "fact \(ordinal) of the payload is a \(fact.name), which entries of kind \(entry) "
                + "do not hold; "
                + "right would be "
                + (entry.ownFacts + EntryKind.contextFacts).map(\.name).joined(separator: ", ")
        case .subject(let ordinal, let field):
            "fact \(ordinal) of the payload names in '\(field)' somebody whom the entry does not"
        }
    }
}
