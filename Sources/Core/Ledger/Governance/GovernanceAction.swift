public import Cryptography
public import Primitives
public import Records

/// A change that institutions can agree on.
public enum GovernanceAction: Hashable, Sendable {
    /// A new institution, without power at first: it learns before it votes.
    case add(Institution)
    case remove(InstitutionID)
    case setPower(InstitutionID, UInt64)
    case setKey(InstitutionID, KeyChange)
    case setParameters(Parameters)
    /// Rules that come into force or change, and ids of those that end.
    case setRules([RuleVersion], retire: [String])
    /// Nodes take no more submissions; what was acknowledged is still anchored.
    case stop
    case resume
    case setPolicy(GovernancePolicy)
    /// Another ledger whose heads may be anchored here; nil takes none of them any more.
    case setLedger(LedgerID, AnchoredLedger.Registration?)
    /// Somebody whose statements are registered, and with which keys; no keys is nobody.
    case setStatementIssuer(StatementIssuer)
    /// Knowledge tables that come into force or change, and names of those that end.
    case setTables([TableVersion], retire: [String])

    /// Kinds of change, as policies name them.
    public enum Kind: UInt8, CaseIterable, Sendable {
        case add = 1
        case remove = 2
        case power = 3
        case key = 4
        case parameters = 5
        case rules = 6
        case stop = 7
        case resume = 8
        case policy = 9
        case ledger = 10
        case statementIssuer = 11
        case tables = 12
    }

    /// One role's new key; nil, or none, takes the old one away.
    public enum KeyChange: Hashable, Sendable {
        case submit(StreamID, PublicKey?)
        case consensus(PublicKey?)
        case govern([PublicKey])
        case seal([UInt8]?)
        case witness([UInt8]?)
        case tls(Digest?)
    }

    public var kind: Kind {
        switch self {
        case .add: .add
        case .remove: .remove
        case .setPower: .power
        case .setKey: .key
        case .setParameters: .parameters
        case .setRules: .rules
        case .stop: .stop
        case .resume: .resume
        case .setPolicy: .policy
        case .setLedger: .ledger
        case .setStatementIssuer: .statementIssuer
        case .setTables: .tables
        }
    }
}

extension GovernanceAction: CustomStringConvertible {
    public var description: String {
        switch self {
        case .add(let institution): "add \(institution.id)"
        case .remove(let id): "remove \(id)"
        case .setPower(let id, let power): "give \(id) the voting power \(power)"
        case .setKey(let id, let change): "change the \(change) of \(id)"
        case .setParameters: "change the parameters"
        case .setRules(let rules, let retired):
            (rules.map(\.description) + retired.map { "end rule \($0)" })
                .joined(separator: "; ")
        case .stop: "stop taking submissions"
        case .resume: "take submissions again"
        case .setPolicy: "change the policy of governance"
        case .setLedger(let id, let registration?):
            "anchor heads of the ledger \(registration.name), \(id)"
        case .setStatementIssuer(let issuer):
            "register statements of '\(issuer.name)' under \(issuer.keys.count) keys"
        case .setTables(let tables, let retired):
            (tables.map(\.description) + retired.map { "end table \($0)" })
                .joined(separator: "; ")
        case .setLedger(let id, nil): "anchor no more heads of ledger \(id)"
        }
    }
}

extension GovernanceAction.KeyChange: CustomStringConvertible {
    public var description: String {
        switch self {
        case .submit(let stream, let key):
            key == nil
                ? "submit key of stream \(stream) (taken away)" : "submit key of stream \(stream)"
        case .consensus: "consensus key"
        case .govern(let keys): "govern keys (\(keys.count))"
        case .seal: "seal key"
        case .witness: "witness key"
        case .tls: "TLS pin"
        }
    }
}
