internal import Findings
internal import Primitives
internal import Records
internal import RuleEngine
internal import RuleLanguage

extension Supervisor {
    /// Why a rule found it: as a tree where it is open here, else in words from what it stated.
    ///
    /// - Throws: ``SupervisionError/findingNotOpen(_:)`` where nothing of it can be read here.
    func explain(_ finding: Digest) throws(SupervisionError) -> ExplanationAnswer {
        guard let tree = rules?.explain(finding) else {
            return ExplanationAnswer(text: try explainClosed(finding), explanations: [])
        }
        return ExplanationAnswer(text: tree.text, explanations: [tree])
    }

    /// What a rule says of the rows about a subject, whether it finds something or not.
    ///
    /// Asking about a patient is an access, as it is for a trail.
    ///
    /// - Throws: ``SupervisionError/ruleNotRun(_:)``.
    func whyNot(
        _ rule: String, _ subject: Subject, _ day: Day?, at now: Timestamp
    ) throws(SupervisionError) -> DeskReply {
        guard let rules, let kind = rules.kind(of: rule) else {
            let running = rules?.standings().map(\.rule) ?? []
            throw .ruleNotRun(rule, nearest: NearestName.of(rule, in: running))
        }
        var reference = subject
        if case .patient(let id) = subject {
            reference = .patient(identities.book.reference(of: id))
        }
        let filter = RowFilter(subject: reference, day: day, fields: kind.schema.fields.count)
        let found = rules.explain(rule: rule, atMost: ExplanationAnswer.treeCountMax) {
            filter.takes($0)
        }
        guard let trees = found else { throw .ruleNotRun(rule) }
        let sealed = try sealedLeaves(of: subject, kind, day)
        var text: [String] = trees.map(\.text)
        if trees.isEmpty {
            text.append(
                "\(rule) judges facts of kind \(kind.name), and this node can read none about the "
                    + "subject" + (day.map { " on \($0)" } ?? ""))
        }
        if !sealed.isEmpty {
            text.append(
                "sealed to others or not delivered, and may matter: leaves "
                    + sealed.map(String.init).joined(separator: ", "))
        }
        let answer = ExplanationAnswer(
            text: text.joined(separator: "\n\n"), explanations: trees, sealed: sealed)
        return DeskReply(
            answer.encode(), first: traces(of: TrailQuery(term: .subject(subject)), at: now))
    }

    /// Entries about the subject that may hold facts of the kind, and cannot be opened here.
    private func sealedLeaves(
        of subject: Subject, _ kind: FactKind, _ day: Day?
    ) throws(SupervisionError) -> [UInt64] {
        var leaves: Set<UInt64> = []
        var subjects = [subject]
        if case .patient(let id) = subject {
            subjects = identities.book.pseudonyms(of: id).map(Subject.patient)
        }
        for subject in subjects {
            try entries.scan(.subject(subject)) { (item) throws(SupervisionError) in
                guard item.entry.ownFacts.contains(kind),
                    day.map({ $0 == item.entry.eventTime.day }) ?? true
                else { return true }
                if case .opened = try entries.content(of: item) { return true }
                leaves.insert(item.leafIndex)
                return leaves.count < 10_000
            }
        }
        return leaves.sorted()
    }
}

/// Which rows are asked about.
private struct RowFilter {
    let subject: Subject
    let day: Day?
    let fields: Int

    /// Whether one of the row's values is the subject, and one is on the day.
    func takes(_ value: (Int) -> Value?) -> Bool {
        let values = (0..<fields).compactMap(value)
        return values.contains(where: isSubject) && (day == nil || values.contains(where: isOn))
    }

    private func isSubject(_ value: Value) -> Bool {
        switch (value, subject) {
        case (.institution(let found), .institution(let wanted)): found == wanted
        case (.id(let found), _): found == subject.opaqueID
        default: false
        }
    }

    private func isOn(_ value: Value) -> Bool {
        switch value {
        case .date(let found): found == day
        case .instant(let time, _): time.day == day
        default: false
        }
    }
}
