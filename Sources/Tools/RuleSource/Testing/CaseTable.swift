internal import Primitives
internal import Records
internal import RuleEngine
internal import RuleLanguage

/// Cases written as changes to one set of facts, so that each says in a line what it is about.
///
/// `facts` stand in every case, in their order on the ledger; `spare` ones stand before them, and
/// only in the cases that name them after `with`.
struct CaseTable {
    private var facts: [(name: String, isSpare: Bool, sketch: FactSketch)] = []
    /// Which facts cases must flag where they do not say it themselves.
    private let judged: [Document]?
    private let now: Timestamp?

    static let fieldNames = ["facts", "spare", "judged", "now"] + expectations.map(\.rawValue)
    static let expectations = RuleTestFile.Expectation.allCases

    init(_ fields: RuleFields) throws(TextError) {
        judged = try fields["judged"].map { document throws(TextError) in
            try document.list()
        }
        now = try fields["now"].map { document throws(TextError) in
            try FactText.moment(document)
        }
        for (part, isSpare) in [("spare", true), ("facts", false)] {
            for (name, document) in try fields[part]?.fields() ?? [] {
                guard !facts.contains(where: { $0.name == name.name }) else {
                    throw document.error("the fact '\(name.name)' stands twice")
                }
                facts.append((name.name, isSpare, try FactSketch(document)))
            }
        }
    }

    /// A case: `NAME`, or `NAME: {changes}`.
    func testCase(
        _ document: Document, _ expected: RuleTestFile.Expectation
    ) throws(TextError) -> RuleTestFile.Case {
        guard document.isMapping else {
            return try Draft(self).testCase(try document.text(), expected)
        }
        let fields = try document.fields()
        guard fields.count == 1, let (name, changes) = fields.first else {
            throw document.error("a case is 'what it is about: {what is changed}'")
        }
        var draft = Draft(self)
        for (name, value) in try changes.fields() { try draft.change(name, value) }
        return try draft.testCase(name.name, expected)
    }

    /// One case while its changes are read.
    private struct Draft {
        let table: CaseTable
        var sketches: [FactSketch]
        var copies: [Int]
        var now: Timestamp?
        var sealed: [SealedEntry] = []
        var flags: [Document]?
        var says: String?
        var because: String?

        init(_ table: CaseTable) {
            self.table = table
            sketches = table.facts.map(\.sketch)
            copies = table.facts.map { $0.isSpare ? 0 : 1 }
            now = table.now
        }

        mutating func change(_ name: Named, _ value: Document) throws(TextError) {
            switch name.name {
            case "with": for item in try value.list() { copies[try place(item)] = 1 }
            case "without": for item in try value.list() { try remove(item) }
            case "repeat": try repeating(value)
            case "now": now = try FactText.moment(value)
            case "sealed":
                for (index, item) in try value.list().enumerated() {
                    sealed.append(try RuleTestReader.entry(item, leaf: UInt64(1_000 + index)))
                }
            case "flags": flags = try value.list()
            case "says": says = try value.text()
            case "because": because = try value.text()
            default: try set(name, to: value)
            }
        }

        /// `NAME.FIELD: value`; a spare fact that is changed stands in the case.
        private mutating func set(_ name: Named, to value: Document) throws(TextError) {
            let parts = name.name.split(separator: ".", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw TextError(
                    position: name.position,
                    message: "there is no change '\(name.name)'; there are FACT.FIELD, with, "
                        + "without, repeat, now, sealed, flags, says, because")
            }
            let place = try place(parts[0], at: name.position)
            copies[place] = max(1, copies[place])
            try sketches[place].set(parts[1], to: value)
        }

        private mutating func remove(_ item: Document) throws(TextError) {
            let parts = try item.text().split(separator: ".", maxSplits: 1).map(String.init)
            let place = try place(parts.first ?? "", at: item.position)
            guard parts.count == 2 else { return copies[place] = 0 }
            try sketches[place].remove(parts[1], at: item)
        }

        private mutating func repeating(_ value: Document) throws(TextError) {
            for (name, count) in try value.fields() {
                guard let number = Int(try count.text()), (0...1_000).contains(number) else {
                    throw count.error("how often, from 0 to 1000, is expected here")
                }
                copies[try place(name.name, at: name.position)] = number
            }
        }

        private func place(_ item: Document) throws(TextError) -> Int {
            try place(try item.text(), at: item.position)
        }

        private func place(_ name: String, at position: SourcePosition) throws(TextError) -> Int {
            guard let place = table.facts.firstIndex(where: { $0.name == name }) else {
                let names = table.facts.map(\.name)
                let hint = NearestName.of(name, in: names).map { "; did you mean '\($0)'?" }
                throw TextError(
                    position: position,
                    message: "there is no fact called '\(name)'"
                        + (hint ?? "; there are \(names.joined(separator: ", "))"))
            }
            return place
        }

        func testCase(
            _ name: String, _ expected: RuleTestFile.Expectation
        ) throws(TextError) -> RuleTestFile.Case {
            var facts: [AnchoredFact] = []
            var last: [UInt64] = []
            for (sketch, count) in zip(sketches, copies) {
                for copy in 0..<count {
                    facts.append(
                        try sketch.anchored(leaf: UInt64(facts.count + 1), copy: copy + 1))
                }
                last.append(UInt64(facts.count))
            }
            var leaves: [UInt64]?
            if let flags = flags ?? (expected == .flag ? table.judged : nil) {
                leaves = []
                for flag in flags { leaves?.append(last[try place(flag)]) }
            }
            return RuleTestFile.Case(
                name: name, now: now, facts: facts, sealed: sealed, expected: expected,
                flags: leaves?.sorted(), says: says, because: because)
        }
    }
}
