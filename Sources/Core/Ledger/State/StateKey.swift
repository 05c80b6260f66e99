internal import Cryptography
public import Primitives
public import Records

/// What a value of the authenticated map is about.
///
/// Source: `docs/formats/state.md`, the table of spaces.
public enum StateKey: Hashable, Sendable {
    /// The key of slot 0, below all others.
    case sentinel
    case institution(InstitutionID)
    case nextNumber(InstitutionID, StreamID)
    case credential(OpaqueID)
    case parameters
    case rule(String)
    /// The version of a rule that is on trial, by the rule's id.
    case ruleTrial(String)
    /// What became of a rule, by its id: a ``RuleHistory``.
    case ruleHistory(String)
    /// What became of a knowledge table, by its name: a ``TableHistory``.
    case tableHistory(String)
    /// A finding that stands.
    case finding(Digest)
    /// Height and time of the block.
    case ledger
    /// An offence that evidence on the ledger shows, by ``Offence/digest``.
    case evidence(Digest)
    /// A proposal of governance, by its id.
    case proposal(Digest)
    case policy
    /// A set of validators, by the first height at which it votes.
    case validators(Height)
    case attendance
    case standing
    /// Another ledger whose heads may be anchored here.
    case anchoredLedger(LedgerID)
    /// The head of another ledger, by its height.
    case anchoredHead(LedgerID, Height)
    /// Somebody whose statements are registered, by the `iss` that they write.
    case statementIssuer(String)
    /// A case of an institution, by its blinded id.
    case `case`(InstitutionID, OpaqueID)
    /// Why the entry at a leaf has no effect.
    case unfit(UInt64)
    /// The head of a term's list.
    case term(Term)

    /// The number of the key space.
    public var space: UInt8 {
        switch self {
        case .sentinel: 0
        case .institution: 1
        case .nextNumber: 2
        case .credential: 3
        case .parameters: 4
        case .rule: 5
        case .finding: 6
        case .ledger: 7
        case .proposal: 8
        case .evidence: 9
        case .policy: 10
        case .validators: 11
        case .attendance: 12
        case .standing: 13
        case .anchoredLedger: 14
        case .anchoredHead: 15
        case .statementIssuer: 32
        case .case: 33
        case .unfit: 34
        case .term(let term): term.space
        case .ruleTrial: 23
        case .ruleHistory: 24
        case .tableHistory: 26
        }
    }

    /// Whether its value is the head of a list.
    var isTerm: Bool {
        if case .term = self { true } else { false }
    }

    /// Whether it is that of a patient's list.
    var isPatient: Bool { person?.isPatient ?? false }

    /// Whose list it is the key of, where that is a patient's or a practitioner's.
    @inline(__always)
    var person: Person? {
        switch self {
        case .term(.patient(let id)): Person(id: id, isPatient: true)
        case .term(.practitioner(let id)): Person(id: id, isPatient: false)
        default: nil
        }
    }

    /// The key's bytes within its space.
    public var bytes: [UInt8] {
        switch self {
        case .sentinel, .parameters, .ledger, .policy, .attendance, .standing: []
        case .institution(let id): Array(id.name.utf8)
        case .nextNumber(let id, let stream): StateKey.bytes(id, stream)
        case .credential(let id): id.bytes
        case .rule(let id), .ruleTrial(let id), .ruleHistory(let id), .tableHistory(let id),
            .statementIssuer(let id):
            Array(id.utf8)
        case .finding(let id), .evidence(let id), .proposal(let id): id.bytes
        case .validators(let height): StateKey.bytes(height)
        case .anchoredLedger(let ledger): ledger.digest.bytes
        case .anchoredHead(let ledger, let height):
            ledger.digest.bytes + StateKey.bytes(height)
        case .case(let institution, let id): Array(institution.name.utf8) + [0] + id.bytes
        case .term(.patient(let id)), .term(.practitioner(let id)): id.bytes
        case .term(.institution(let id)): Array(id.name.utf8)
        case .term(.stream(let id, let stream)): StateKey.bytes(id, stream)
        case .term(.action(let action)): [action.rawValue]
        case .term(.kind(let kind)): [kind.rawValue]
        case .term(.unfit): []
        case .term(.rule(let id)): Array(id.utf8)
        case .unfit(let leaf): StateKey.bytes(Height(leaf))
        case .term(.institutionDay(let id, let day)): StateKey.bytes(id, day)
        }
    }

    /// The key's place in the map: H("custos state" ‖ ledger id ‖ space ‖ bytes); zero for slot 0.
    public func digest(in ledger: LedgerID) -> Digest {
        guard self != .sentinel else { return .zero }
        var hasher = SHA256.Hasher()
        hasher.update("custos state")
        hasher.update(ledger.digest)
        hasher.update(byte: space)
        hasher.update(self.bytes)
        return hasher.finish()
    }

    private static func bytes(_ height: Height) -> [UInt8] {
        [56, 48, 40, 32, 24, 16, 8, 0].map {
            UInt8(truncatingIfNeeded: height.blocks >> UInt64($0))
        }
    }

    private static func bytes(_ id: InstitutionID, _ stream: StreamID) -> [UInt8] {
        let number = stream.number
        return Array(id.name.utf8) + [0, UInt8(number >> 8), UInt8(number & 0xff)]
    }

    private static func bytes(_ id: InstitutionID, _ day: Day) -> [UInt8] {
        let number = UInt32(bitPattern: day.number)
        return Array(id.name.utf8)
            + [0] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
    }
}

extension StateKey: CustomStringConvertible {
    public var description: String {
        switch self {
        case .sentinel: "the sentinel"
        case .institution(let id): "institution \(id)"
        case .nextNumber(let id, let stream): "next number of stream \(stream) of \(id)"
        case .credential(let id): "credential \(id)"
        case .parameters: "the parameters"
        case .rule(let id): "rule \(id)"
        case .ruleTrial(let id): "trial of rule \(id)"
        case .ruleHistory(let id): "history of rule \(id)"
        case .tableHistory(let name): "history of table \(name)"
        case .finding(let id): "finding \(id)"
        case .ledger: "height and time"
        case .evidence(let id): "evidence \(id)"
        case .proposal(let id): "proposal \(id)"
        case .policy: "the policy of governance"
        case .validators(let height): "the validators from height \(height)"
        case .attendance: "who follows the ledger"
        case .standing: "standing and milestones"
        case .anchoredLedger(let id): "ledger \(id)"
        case .anchoredHead(let id, let height): "head \(height) of ledger \(id)"
        case .statementIssuer(let name): "issuer of statements \(name)"
        case .case(let institution, let id): "case \(id) of \(institution)"
        case .unfit(let leaf): "why leaf \(leaf) has no effect"
        case .term(let term): "term \(term)"
        }
    }
}
