internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import RuleLanguage

/// What a node knows that there is: for words about a name that may have been mistyped.
struct KnownNames {
    let institutions: [String]
    let rules: [String]

    /// Members and rules as governance has them now, at the node's word.
    init(_ client: NodeClient) async throws {
        let summary = try await client.governance()
        institutions = summary.institutions.map(\.id.name)
        rules = Array(Set(summary.rules.map(\.id))).sorted()
    }

    init(institutions: [String], rules: [String]) {
        self.institutions = institutions
        self.rules = rules
    }

    /// That no such rule is in force or on trial; nil where one is.
    func missing(rule: String) -> String? {
        missing(rule, "rule", "in force or on trial on this ledger", rules)
    }

    /// That no such institution is a member; nil where one is.
    func missing(institution: String) -> String? {
        missing(institution, "institution", "a member of this ledger", institutions)
    }

    private func missing(
        _ name: String, _ what: String, _ where: String, _ known: [String]
    ) -> String? {
        guard !known.contains(name) else { return nil }
        let nearest = NearestName.of(name, in: known).map { "; did you mean '\($0)'?" } ?? ""
        return "no \(what) '\(name)' is \(`where`)\(nearest)"
    }

    /// What to say beside an answer without rows: which of the names in its query there are not.
    func notes(on query: Query) -> [String] {
        var notes = [query.institution, query.issuer].compactMap(\.self)
            .compactMap { missing(institution: $0.name) }
        if let rule = query.rule.flatMap(missing(rule:)) { notes.append(rule) }
        return notes.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
