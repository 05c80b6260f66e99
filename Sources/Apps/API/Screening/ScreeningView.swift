internal import Findings
internal import Primitives
internal import Records
internal import Supervision

/// What `POST /screen` answers.
struct ScreeningView {
    /// `findings`; `unsure`, where a rule could not be evaluated; or `clear`.
    let verdict: String
    let findings: [Finding]
    /// Rules whose exception holds, where they would have found something else.
    let excused: [Note]
    let notEvaluated: [Note]
    /// What the claim asks for, where it says so.
    let claimed: String?
    /// Whether the node knows the patient by name: else there is no history to judge by.
    let isPatientKnown: Bool
    let asOf: Mark

    struct Finding {
        let rule: String
        let ruleHash: String
        /// `definite`, `suspicious` or `data quality`.
        let result: String
        let reason: String
        let amount: String?
        let basis: [String]
        let exceptionsTried: [String]
        /// Entries of the ledger that it rests on, beside the claim itself.
        let leaves: [UInt64]
        let tables: [(name: String, hash: String)]
    }

    struct Note {
        let rule: String
        let reason: String
        /// Whether it is because entries are sealed to others.
        let isSealed: Bool
    }

    struct Mark {
        let height: UInt64
        let time: String
    }

    init(_ answer: ScreeningAnswer, claimed: String?, isPatientKnown: Bool) {
        var findings: [Finding] = []
        var excused: [Note] = []
        var notEvaluated: [Note] = []
        var seen: Set<[UInt8]> = []
        for row in answer.rows {
            let note = Note(
                rule: row.rule, reason: row.words, isSealed: row.outcome == .sealed)
            switch row.outcome {
            case .found:
                guard seen.insert(row.body).inserted,
                    let outline = try? FindingOutline.decode(row.body)
                else { continue }
                findings.append(Finding(outline, firstLeaf: answer.firstLeaf))
            case .excused: excused.append(note)
            case .notEvaluated, .sealed: notEvaluated.append(note)
            }
        }
        verdict = findings.isEmpty ? notEvaluated.isEmpty ? "clear" : "unsure" : "findings"
        self.findings = findings
        self.excused = excused
        self.notEvaluated = notEvaluated
        self.claimed = claimed
        self.isPatientKnown = isPatientKnown
        asOf = Mark(height: answer.height.blocks, time: answer.anchored.description)
    }
}

extension ScreeningView.Finding {
    init(_ outline: FindingOutline, firstLeaf: UInt64) {
        rule = outline.rule
        ruleHash = outline.ruleHash.description
        let results = ["", "definite", "suspicious", "data quality"]
        result = results.indices.contains(Int(outline.result)) ? results[Int(outline.result)] : ""
        reason = outline.reason
        amount = outline.amount.flatMap(Self.words)
        basis = outline.basis
        exceptionsTried = outline.exceptions.map(\.name)
        leaves = outline.leaves.filter { $0 < firstLeaf }
        tables = outline.tables.map { ($0.name, $0.hash.description) }
    }

    /// Money or a number in words (docs/formats/payload.md).
    private static func words(_ item: [UInt8]) -> String? {
        var reader = CBORReader(item)
        switch try? reader.nextMajorType() {
        case 0, 1: return (try? reader.integer()).map(String.init)
        default: break
        }
        guard (try? reader.array(atMost: 4)) == 3, (try? reader.unsigned()) == 3,
            let units = try? reader.integer(), let code = try? reader.text(atMost: 3),
            let currency = Currency(code)
        else { return nil }
        return Amount(minorUnits: units, currency: currency).description
    }
}

extension ScreeningView {
    /// The answer, members in alphabetical order; `rules` are those that were asked, as JSON.
    func json(rules: [UInt8]) -> [UInt8] {
        var text = JSONText()
        text.object { text in
            text.key("asOf")
            text.object { text in
                text.key("height")
                text.number(asOf.height)
                text.member("time", asOf.time)
            }
            if let claimed { text.member("claimed", claimed) }
            text.key("excused")
            text.array(excused) { $1.write(to: &$0) }
            text.key("findings")
            text.array(findings) { $1.write(to: &$0) }
            text.member("isPatientKnown", isPatientKnown)
            text.key("notEvaluated")
            text.array(notEvaluated) { $1.write(to: &$0) }
            text.key("rules")
            text.raw(rules)
            text.member("verdict", verdict)
        }
        return text.bytes
    }

    /// Every rule that was asked, by the hash of its version in force, as JSON.
    static func json(_ rules: [ScreeningAnswer.Rule]) -> [UInt8] {
        var text = JSONText()
        text.array(rules) { text, rule in
            text.object { text in
                text.member("hash", rule.hash.description)
                text.member("id", rule.id)
            }
        }
        return text.bytes
    }
}

extension ScreeningView.Note {
    fileprivate func write(to text: inout JSONText) {
        text.object { text in
            text.member("isSealed", isSealed)
            text.member("reason", reason)
            text.member("rule", rule)
        }
    }
}

extension ScreeningView.Finding {
    fileprivate func write(to text: inout JSONText) {
        text.object { text in
            if let amount { text.member("amount", amount) }
            text.key("basis")
            text.array(basis) { $0.string($1) }
            text.key("exceptionsTried")
            text.array(exceptionsTried) { $0.string($1) }
            text.key("leaves")
            text.array(leaves) { $0.number($1) }
            text.member("reason", reason)
            text.member("result", result)
            text.member("rule", rule)
            text.member("ruleHash", ruleHash)
            text.key("tables")
            text.array(tables) { text, table in
                text.object { text in
                    text.member("hash", table.hash)
                    text.member("name", table.name)
                }
            }
        }
    }
}
