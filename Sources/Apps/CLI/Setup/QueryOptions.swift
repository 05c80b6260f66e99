internal import ArgumentParser
internal import Primitives
internal import Proofs
internal import Records

/// Which entries are asked for; every option that is given must hold.
struct QueryOptions: ParsableArguments {
    @Option(help: "With this patient's pseudonym: 32 hexadecimal digits.")
    var patient: String?

    @Option(
        help: ArgumentHelp(
            "The patient over these epochs, such as 18-20; without it, over those of --from and "
                + "--to where both are given and the node can tell.", valueName: "first-last"))
    var epochs: EpochRange?

    @Option(
        help: """
            The patient by the identifier that was ingested, over --epochs: SYSTEM|VALUE, or \
            Patient/ID (docs/interop.md).
            """)
    var person: String?

    @Option(help: "With this practitioner.")
    var practitioner: String?

    @Option(help: "Issued by this institution, or about it.")
    var institution: String?

    @Option(help: "Issued by this institution.")
    var issuer: String?

    @Option(help: "With this claim.")
    var claim: String?

    @Option(help: "With this prescription.")
    var prescription: String?

    @Option(help: "Of this kind, such as access or claim-response; repeatable.")
    var kind: [String] = []

    @Option(help: "Notices of cases that open what this rule found, such as PR-03.")
    var rule: String?

    @Option(help: "Accesses with this action: create, read, update, delete or execute.")
    var action: String?

    @Option(help: "Accesses for this purpose, such as treatment or emergency.")
    var purpose: String?

    @Option(help: "Accesses on this basis: relationship, consent, break-glass, legal or none.")
    var basis: String?

    @Option(help: "Accesses that ended so: success, minor-failure, serious-failure, major-failure.")
    var outcome: String?

    @Option(help: "What happened on this day or later: 2021-05-01.")
    var from: String?

    @Option(help: "What happened before this day.")
    var to: String?

    @Option(help: "What was anchored on this day or later.")
    var anchoredFrom: String?

    @Option(help: "What was anchored before this day.")
    var anchoredTo: String?

    /// The query, with a subject that the command names beside the options.
    ///
    /// - Throws: `ValidationError` for what is malformed or contradicts itself.
    func query(_ subject: QueryCommand.Subject?, _ id: String?) throws -> Query {
        try refuseTwo(subject, id)
        var query = Query()
        query.patient = try opaque(patient ?? (subject == .patient ? id : nil))
        query.practitioner = try opaque(practitioner ?? (subject == .practitioner ? id : nil))
        query.claim = try opaque(claim ?? (subject == .claim ? id : nil))
        query.prescription = try opaque(prescription ?? (subject == .prescription ? id : nil))
        query.institution = try member(institution ?? (subject == .institution ? id : nil))
        query.issuer = try member(issuer)
        query.kinds = Set(try kind.compactMap { try named("kind", $0, EntryKind.allCases) })
        query.action = try named("action", action, AccessHeader.Action.allCases)
        query.purpose = try named("purpose", purpose, AccessHeader.Purpose.allCases)
        query.basis = try named("basis", basis, AccessHeader.Basis.allCases)
        query.outcome = try named("outcome", outcome, AccessHeader.Outcome.allCases)
        if let rule {
            guard (1...64).contains(rule.utf8.count) else {
                throw ValidationError("'\(rule)' is no rule")
            }
            query.rule = rule
        }
        query.happenedFrom = try day(from)
        query.happenedBefore = try day(to)
        query.anchoredFrom = try day(anchoredFrom)
        query.anchoredBefore = try day(anchoredTo)
        try refuseNoTime("--from", query.happenedFrom, "--to", query.happenedBefore)
        try refuseNoTime(
            "--anchored-from", query.anchoredFrom, "--anchored-to", query.anchoredBefore)
        return query.named
    }

    /// Throws where two are named of which an answer could only be about one.
    private func refuseTwo(_ subject: QueryCommand.Subject?, _ id: String?) throws {
        let options: [(QueryCommand.Subject, String, String?)] = [
            (.patient, "--patient", patient), (.practitioner, "--practitioner", practitioner),
            (.institution, "--institution", institution), (.claim, "--claim", claim),
            (.prescription, "--prescription", prescription),
        ]
        for case (let kind, let option, let other?) in options where kind == subject {
            throw ValidationError(
                "'\(kind) \(id ?? "")' and '\(option) \(other)' name two; name one")
        }
        guard let person else { return }
        if subject == .patient {
            throw ValidationError(
                "'patient \(id ?? "")' and '--person \(person)' name two; name one")
        }
        if let patient {
            throw ValidationError(
                "'--patient \(patient)' and '--person \(person)' name two; name one")
        }
    }

    /// Throws where nothing can lie from one time on and before the other.
    private func refuseNoTime(
        _ first: String, _ from: Timestamp?, _ last: String, _ before: Timestamp?
    ) throws {
        guard let from, let before, from >= before else { return }
        throw ValidationError(
            "nothing lies from \(first) \(from.day) on and before \(last) \(before.day); "
                + "\(last) is a later day")
    }

    private func opaque(_ text: String?) throws -> OpaqueID? {
        guard let text else { return nil }
        guard let id = OpaqueID(hex: text) else {
            throw ValidationError("an id has 32 hexadecimal digits; '\(text)' does not")
        }
        return id
    }

    private func member(_ text: String?) throws -> InstitutionID? {
        guard let text else { return nil }
        guard let id = InstitutionID(text) else {
            throw ValidationError("'\(text)' is no institution")
        }
        return id
    }

    /// The value that is called so, with hyphens for its capitals.
    private func named<Value>(_ what: String, _ name: String?, _ all: [Value]) throws -> Value? {
        guard let name else { return nil }
        let names = all.map { EntryView.words("\($0)").replacing(" ", with: "-") }
        guard let index = names.firstIndex(of: name) else {
            let known = names.joined(separator: ", ")
            throw ValidationError("there is no \(what) '\(name)'; there are \(known)")
        }
        return all[index]
    }

    private func day(_ text: String?) throws -> Timestamp? {
        guard let text else { return nil }
        return try Day.reading(text).start
    }
}

/// Where an answer goes on, as a command prints it and takes it back: `up:12-99`, `down:1-11`.
struct QueryCursor: ExpressibleByArgument {
    let isNewestFirst: Bool
    let heights: HeightRange

    init(isNewestFirst: Bool, heights: HeightRange) {
        self.isNewestFirst = isNewestFirst
        self.heights = heights
    }

    init?(argument: String) {
        let halves = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard halves.count == 2, halves[0] == "up" || halves[0] == "down" else { return nil }
        let ends = halves[1].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = UInt64(ends[0]), let last = UInt64(ends[1]),
            first > 0, first <= last, last < 1 << 62
        else { return nil }
        self.init(
            isNewestFirst: halves[0] == "down",
            heights: HeightRange(Height(first), Height(last)))
    }

    var text: String { (isNewestFirst ? "down:" : "up:") + heights.description }
}

/// Epochs as a command takes them: `18-20`, or `18`.
struct EpochRange: ExpressibleByArgument {
    let range: ClosedRange<UInt32>

    init?(argument: String) {
        let ends = argument.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = ends.first.flatMap({ UInt32($0) }),
            let last = ends.count == 1 ? first : ends.dropFirst().first.flatMap({ UInt32($0) }),
            ends.count <= 2, first <= last
        else { return nil }
        range = first...last
    }
}
