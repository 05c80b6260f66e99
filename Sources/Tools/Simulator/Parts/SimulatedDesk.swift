internal import Cryptography
internal import Hosting
internal import Ledger
internal import Primitives
internal import Records
internal import RuleEngine
internal import RuleLanguage

/// What an institution finds by itself in all payloads that it may open.
///
/// Payloads follow from their commitments here; what is sealed to others is known as sealed.
struct SimulatedDesk {
    private let owner: InstitutionID
    private var engine: Engine
    /// How many blocks and leaves it has read.
    private(set) var height = Height.genesis
    private var leaves: UInt64 = 0

    init(_ owner: InstitutionID, rules: [CheckedRule]) throws {
        self.owner = owner
        engine = try Engine(rules: rules, tables: [])
    }

    /// Reads the next block's batches.
    mutating func take(
        _ batches: some Sequence<(issuer: InstitutionID, entries: [Entry], leaves: [Digest])>,
        at time: Timestamp
    ) {
        height = height.next
        var facts: [AnchoredFact] = []
        var sealed: [SealedEntry] = []
        for batch in batches {
            for (entry, leaf) in zip(batch.entries, batch.leaves) {
                defer { leaves += 1 }
                guard let kind = entry.kind.simulatedFact else { continue }
                guard entry.recipients.contains(owner) else {
                    sealed.append(
                        SealedEntry(
                            kind: kind, patient: entry.patient, practitioner: nil,
                            time: entry.eventTime, leafIndex: leaves, issuer: batch.issuer))
                    continue
                }
                let position = LedgerPosition(
                    leafIndex: leaves, leafHash: leaf, ordinal: 0, height: height,
                    anchored: time, issuer: batch.issuer)
                guard let fact = try? entry.simulatedFact(kind) else { continue }
                facts.append(AnchoredFact(fact: fact, position: position))
            }
        }
        engine.take(facts, sealed: sealed, present: time)
    }

    /// Reads the next block.
    mutating func take(_ block: CommittedBlock) {
        take(
            block.executed.batches.map { ($0.header.issuer, $0.entries, $0.leafHashes) },
            at: block.executed.header.time)
    }

    /// All that the rules say, by rule and place, in one hash, and how many findings there are.
    var findings: (digest: Digest, count: Int) {
        var bytes: [UInt8] = []
        var count = 0
        for judged in engine.judged {
            bytes.append(bigEndian: UInt64(judged.rule))
            bytes.append(bigEndian: judged.position.leafIndex)
            if case .finding(let body) = judged.verdict {
                count += 1
                bytes += body
            } else {
                bytes += "\(judged.verdict)".utf8
            }
        }
        return (SHA256.hash(bytes), count)
    }
}

extension EntryKind {
    /// What the payload of an entry of this kind holds here.
    fileprivate var simulatedFact: FactKind? {
        switch self {
        case .record: .record
        case .claim: .claim
        case .dispense: .dispense
        default: nil
        }
    }
}

extension Entry {
    fileprivate var patient: OpaqueID? {
        for case .patient(let id) in subjects { return id }
        return nil
    }

    /// What its payload says, which follows from the commitment.
    fileprivate func simulatedFact(_ kind: FactKind) throws -> Fact {
        let mark = commitment?.bytes[0] ?? 0
        var fact = Fact(kind)
        try fact.set("patient", to: patient.map { .id($0) })
        if kind == .dispense {
            let drug = mark % 16
            try fact.set("date", to: .date(eventTime.day))
            // Now and then what is said is not known.
            if drug > 0 { try fact.set("drug", to: .code(Code(system: "d", code: "\(drug)"))) }
        }
        return fact
    }
}

extension Rule {
    /// The rules that the institutions of a simulation run: one that time and late entries may
    /// undo, and one that compares what comes later with what came before.
    static func simulated() throws(RuleErrors) -> [CheckedRule] {
        let schema = RuleSchema.facts(tables: [])
        let recorded = rule(
            "S-1", "A claim without a record", of: "claim", window: "record",
            when: Expression(.method(Expression(.name("past")), "none", [])))
        let repeated = rule(
            "S-2", "A drug twice within three days", of: "dispense", window: "dispense",
            within: .withinAround(
                Expression(.literal(.period(days: 3))), field("date")), order: .earlier,
            filter: Expression(
                .binary(.equal, Expression(.name("drug")), field("drug"))),
            when: Expression(.method(Expression(.name("past")), "any", [])))
        return [try recorded.check(against: schema), try repeated.check(against: schema)]
    }

    private static func field(_ name: String) -> Expression {
        Expression(.field(Expression(.name("row")), name))
    }

    private static func rule(
        _ id: String, _ title: String, of kind: String, window: String,
        within stretch: WindowPhrase.Stretch? = nil, order: WindowPhrase.Order = .any,
        filter: Expression? = nil, when condition: Expression
    ) -> Rule {
        let past = WindowPhrase(
            kind: window, position: .none, times: [],
            keys: [WindowPhrase.Key(field: nil, value: field("patient"))], stretch: stretch,
            order: order, filter: filter)
        return Rule(
            header: RuleHeader(
                id: id, title: title, status: .stable, level: .medium, result: .suspicious,
                basis: [], attributes: []),
            kind: Named(kind), variable: Named("row"), filter: nil,
            bindings: [Binding(name: Named("past"), content: .window(past))],
            condition: condition, exceptions: [], subject: field("patient"),
            violating: [Named("row")], involved: [Named("past")], amount: nil,
            reason: [.text(title)], predicates: [])
    }
}
