internal import Ledger
internal import Primitives

/// A canonical rule that this node runs, and the version on the ledger that wants it.
struct RunningRule: Hashable {
    let hash: Digest
    /// The version in force or on trial whose rule it is, or one of whose earlier rules.
    private let version: RuleVersion

    /// What an institution runs where this charter holds: in force, earlier ones that still judge
    /// earlier services, and those on trial.
    ///
    /// Each canonical rule once: a charter has none in force and on trial.
    static func all(of charter: Charter, by institution: InstitutionID) -> [RunningRule] {
        (charter.rules + charter.trials).filter { $0.runners.contains(institution) }
            .flatMap { version in
                var hashes = [version.hash]
                for earlier in version.earlier where !hashes.contains(earlier.hash) {
                    hashes.append(earlier.hash)
                }
                return hashes.map { RunningRule(hash: $0, version: version) }
            }
    }

    /// The rule as a version of its own, for what runs it.
    var asVersion: RuleVersion {
        RuleVersion(
            id: version.id, hash: hash, runners: version.runners, trial: version.trial)
    }

    /// Whether it judges a service of this day.
    func judges(_ day: Day) -> Bool { version.hash(on: day) == hash }

    /// Whether it judges some days only.
    var isBounded: Bool { version.serviceFrom != nil }
}
