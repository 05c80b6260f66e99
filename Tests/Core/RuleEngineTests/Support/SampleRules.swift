import Cryptography
import Primitives
import Records
import RuleEngine
import RuleLanguage

/// Rules put together by hand, and facts to run them on.
enum SampleRules {
    static func name(_ text: String) -> Expression { Expression(.name(text)) }

    static func field(_ base: String, _ field: String) -> Expression {
        Expression(.field(name(base), field))
    }

    static func method(
        _ base: String, _ method: String, _ arguments: [Expression] = []
    )
        -> Expression
    {
        Expression(.method(name(base), method, arguments))
    }

    static func binary(
        _ symbol: BinaryOperator, _ left: Expression, _ right: Expression
    ) -> Expression { Expression(.binary(symbol, left, right)) }

    static func days(_ count: Int64) -> Expression {
        Expression(.literal(.period(days: count)))
    }

    static func rule(
        _ id: String, of kind: String, window: WindowPhrase, when condition: Expression,
        except exceptions: [Expression] = [], amount: Expression? = nil
    ) -> Rule {
        Rule(
            header: RuleHeader(
                id: id, title: "Rule \(id)", status: .stable, level: .medium, result: .suspicious,
                basis: [RuleHeader.LegalBasis(law: "Law 1", note: "article 2")], attributes: []),
            kind: Named(kind), variable: Named("d"), filter: nil,
            bindings: [Binding(name: Named("past"), content: .window(window))],
            condition: condition, exceptions: exceptions, subject: field("d", "patient"),
            violating: [Named("d")], involved: [Named("past")], amount: amount,
            reason: [.text("found "), .value(method("past", "count"))], predicates: [])
    }

    private static func window(
        _ kind: String, _ stretch: WindowPhrase.Stretch?, _ order: WindowPhrase.Order,
        filter: Expression? = nil
    ) -> WindowPhrase {
        WindowPhrase(
            kind: kind, position: .none, times: [],
            keys: [WindowPhrase.Key(field: nil, value: field("d", "patient"))], stretch: stretch,
            order: order, filter: filter)
    }

    /// The same drug twice in thirty days; the first by place on the ledger is not flagged.
    static let repeated = rule(
        "RX-1", of: "dispense",
        window: window(
            "dispense", .withinAround(days(30), field("d", "date")), .earlier,
            filter: binary(.equal, name("drug"), field("d", "drug"))),
        when: method("past", "any"), amount: field("d", "paid"))

    /// A dispense that no prescription follows within three days.
    static let unfollowed = rule(
        "RX-2", of: "dispense",
        window: window("prescription", .withinAfter(days(3), field("d", "date")), .any),
        when: method("past", "none"))

    /// More than two dispenses in ten days, unless any of them was paid nothing.
    static let many = rule(
        "RX-3", of: "dispense",
        window: window("dispense", .withinUpTo(days(10), field("d", "date")), .any),
        when: binary(
            .greater, method("past", "count"), Expression(.literal(.integer(2)))),
        except: [
            method(
                "past", "any",
                [
                    binary(
                        .equal, name("days"), Expression(.literal(.integer(0))))
                ])
        ])

    static let all = [repeated, unfollowed, many]

    static func patient(_ number: Int) -> OpaqueID {
        OpaqueID(prefixOf: SHA256.hash([UInt8(number)]))
    }

    static let institution: InstitutionID = {
        guard let id = InstitutionID("pharmacy") else { preconditionFailure() }
        return id
    }()

    static func position(_ leaf: Int) -> LedgerPosition {
        LedgerPosition(
            leafIndex: UInt64(leaf), leafHash: SHA256.hash([UInt8(leaf % 256), 1]), ordinal: 0,
            height: Height(UInt64(leaf)), anchored: Timestamp(milliseconds: Int64(leaf) * 1_000),
            issuer: institution)
    }

    static func dispense(
        _ leaf: Int, patient number: Int, drug: String?, day: Int32, supply: Int64 = 30
    ) throws -> AnchoredFact {
        var fact = Fact(.dispense)
        try fact.set("patient", to: .id(patient(number)))
        try fact.set("drug", to: drug.map { .code(Code(system: "rxnorm", code: $0)) })
        try fact.set("date", to: .date(Day(number: day)))
        try fact.set("days", to: .integer(supply))
        if let usd = Currency("USD") {
            try fact.set("paid", to: .money(Amount(minorUnits: 1_250, currency: usd)))
        }
        return AnchoredFact(fact: fact, position: position(leaf))
    }

    static func prescription(_ leaf: Int, patient number: Int, day: Int32) throws -> AnchoredFact {
        var fact = Fact(.prescription)
        try fact.set("patient", to: .id(patient(number)))
        try fact.set(
            "written",
            to: .instant(
                Timestamp(milliseconds: Day(number: day).start.milliseconds + 3_600_000),
                zoneMinutes: 0))
        return AnchoredFact(fact: fact, position: position(leaf))
    }

    static func engine(_ rules: [Rule] = all) throws -> Engine {
        try Engine(
            rules: try rules.map { try $0.check(against: .facts(tables: [])) }, tables: [])
    }

    static func at(_ day: Int32) -> Timestamp { Day(number: day).start }
}
