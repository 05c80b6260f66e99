public import RuleLanguage

extension Rule {
    /// A rule about a patient's claims, called `c` in it: each for which the condition holds is
    /// found.
    public static func ofClaims(
        _ id: String, _ title: String, with bindings: [Binding] = [],
        where condition: Expression, involving involved: [String] = [],
        amount: Expression? = nil, reason: String
    ) -> Rule {
        Rule(
            header: RuleHeader(
                id: id, title: title, status: .stable, level: .high, result: .suspicious,
                basis: [], attributes: []),
            kind: Named("claim"), variable: Named("c"), filter: nil, bindings: bindings,
            condition: condition, exceptions: [], subject: .ofClaim("patient"),
            violating: [Named("c")], involved: involved.map { Named($0) }, amount: amount,
            reason: [.text(reason)], predicates: [])
    }

    /// Finds fault with every claim of a patient of whom no record is there at all.
    public static func claimsWithoutRecord(amount: Expression? = nil) -> Rule {
        ofClaims(
            "CE-01", "Claim without a record", with: [.ofPatient("records", kind: "record")],
            where: Expression(.method(Expression(.name("records")), "none", [])),
            involving: ["records"], amount: amount, reason: "no record of the patient")
    }

    /// Finds fault with every claim of a type that the table `blocked` lists.
    public static let claimsOfBlockedTypes = ofClaims(
        "CE-02", "Claim of a blocked type",
        where: Expression(
            .call("listed", [Expression(.literal(.text("blocked"))), .ofClaim("type")])),
        reason: "blocked")
}

extension Expression {
    /// A field of the claim.
    public static func ofClaim(_ field: String) -> Expression {
        Expression(.field(Expression(.name("c")), field))
    }
}

extension Binding {
    /// What there is of a kind about the claim's patient.
    public static func ofPatient(
        _ name: String, kind: String, times: [String] = [], _ stretch: WindowPhrase.Stretch? = nil,
        order: WindowPhrase.Order = .any
    ) -> Binding {
        Binding(
            name: Named(name),
            content: .window(
                WindowPhrase(
                    kind: kind, position: .none, times: times,
                    keys: [WindowPhrase.Key(field: nil, value: .ofClaim("patient"))],
                    stretch: stretch, order: order, filter: nil)))
    }
}
