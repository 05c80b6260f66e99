public import Primitives

/// A step of a case, as everybody sees it: under a blinded id, nobody is named before a notice.
///
/// It is the body of the kinds `case`, `share` and, where it opens a case to somebody, `notice`.
/// What the step says is sealed. Source: `docs/formats/case.md`.
public struct CaseBody: Hashable, Sendable {
    /// The case, under an id that only its parties can link with whom it is about.
    public let blindedCase: OpaqueID
    public let step: Step
    /// The leaf index of the case's step before this one; nil where this is the first.
    public let previous: UInt64?

    public enum Step: Hashable, Sendable {
        /// The case begins.
        case opened
        /// Findings join it.
        case added
        /// What it rests on is sealed to an institution that did not have it, on this basis.
        case shared(AccessHeader.Basis)
        /// Whom it is about is named, and given what was found.
        case noticed(Opening)
        /// It was decided.
        case closed
        /// Who was given notice does not accept it: an entry of theirs, about the case of this
        /// institution, that follows the notice.
        case appealed(InstitutionID)
    }

    /// What a notice opens.
    public struct Opening: Hashable, Sendable {
        /// Leaf indexes of the finding entries, increasing, 1 to 64.
        public let findings: [UInt64]
        /// Which rules found them, increasing, 1 to 64.
        public let rules: [String]
        /// The last day for an answer; nil where none is set.
        public let answerBy: Day?

        public init(findings: [UInt64], rules: [String], answerBy: Day? = nil) {
            self.findings = findings
            self.rules = rules
            self.answerBy = answerBy
        }

        /// The longest id of a rule, in bytes of UTF-8.
        public static let ruleBytesMax = 64
    }

    public init(blindedCase: OpaqueID, step: Step, previous: UInt64?) {
        self.blindedCase = blindedCase
        self.step = step
        self.previous = previous
    }

    /// The most findings that one step names.
    public static let findingCountMax = 64
}

extension CaseBody.Step {
    /// The number in the bytes.
    public var number: UInt8 {
        switch self {
        case .opened: 1
        case .added: 2
        case .shared: 3
        case .noticed: 4
        case .closed: 5
        case .appealed: 6
        }
    }

    /// The kind of the entry that carries it.
    public var kind: EntryKind {
        switch self {
        case .opened, .added, .closed, .appealed: .case
        case .shared: .share
        case .noticed: .notice
        }
    }
}

extension CaseBody.Step: CustomStringConvertible {
    public var description: String {
        switch self {
        case .opened: "opened"
        case .added: "findings added"
        case .shared(let basis): "shared, basis \(basis)"
        case .noticed: "notice given"
        case .closed: "closed"
        case .appealed(let owner): "appealed against, to \(owner)"
        }
    }
}

extension CaseBody {
    /// Whether the body that stands next is one of a case: those of a notice of a payload begin
    /// with a number.
    static func stands(in reader: CBORReader) -> Bool {
        var reader = reader
        guard (try? reader.map(atMost: 8)) != nil, (try? reader.unsigned()) == 0 else {
            return false
        }
        return (try? reader.nextMajorType()) == 2
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        let start = reader.offset
        let fields = try reader.map(atMost: 6)
        try reader.key(0)
        blindedCase = try reader.opaqueID()
        try reader.key(1)
        let number = try reader.unsigned("step of a case", atMost: 6)
        try reader.key(2)
        previous = try reader.isNull() ? nil : reader.unsigned()
        let expected = [1: 3, 2: 3, 3: 4, 4: 6, 5: 3, 6: 4][number]
        guard fields == expected else {
            throw .unexpected(
                offset: start, expected: "a step, 1 to 6, with its fields",
                found: "step \(number) with \(fields) fields")
        }
        switch number {
        case 1: step = .opened
        case 2: step = .added
        case 3:
            try reader.key(3)
            step = .shared(try reader.basis())
        case 4:
            try reader.key(3)
            let findings = try reader.leafIndexes()
            try reader.key(4)
            let rules = try reader.rules()
            try reader.key(5)
            let day = try reader.isNull() ? nil : reader.day()
            step = .noticed(Opening(findings: findings, rules: rules, answerBy: day))
        case 6:
            try reader.key(3)
            step = .appealed(try reader.institution())
        default: step = .closed
        }
    }

    func encode(into writer: inout CBORWriter) {
        switch step {
        case .shared, .appealed: writer.map(4)
        case .noticed: writer.map(6)
        default: writer.map(3)
        }
        writer.unsigned(0)
        writer.bytes(blindedCase.bytes)
        writer.unsigned(1)
        writer.unsigned(UInt64(step.number))
        writer.unsigned(2)
        if let previous { writer.unsigned(previous) } else { writer.null() }
        switch step {
        case .shared(let basis):
            writer.unsigned(3)
            writer.unsigned(UInt64(basis.rawValue))
        case .appealed(let owner):
            writer.unsigned(3)
            writer.institution(owner)
        case .noticed(let opening):
            writer.unsigned(3)
            writer.leafIndexes(opening.findings)
            writer.unsigned(4)
            writer.array(opening.rules.count)
            for rule in opening.rules { writer.text(rule) }
            writer.unsigned(5)
            if let day = opening.answerBy {
                writer.integer(Int64(day.number))
            } else {
                writer.null()
            }
        default: break
        }
    }
}

extension CaseBody {
    /// Whose case it is a step of, by who issued the entry.
    public func owner(issuer: InstitutionID) -> InstitutionID {
        if case .appealed(let owner) = step { owner } else { issuer }
    }

    /// Whether it stands beside the case's own steps, which follow one another without it.
    public var isAppeal: Bool {
        if case .appealed = step { true } else { false }
    }
}

extension Entry {
    /// Whether it is a notice of a case that the institution was given.
    ///
    /// That names it, or is sealed to it. Who was given none has nothing to appeal against.
    public func givesNotice(to institution: InstitutionID) -> Bool {
        guard case .case(let body) = body, case .noticed = body.step else { return false }
        return recipients.contains(institution) || subjects.contains(.institution(institution))
    }
}

extension CBORReader {
    fileprivate mutating func basis() throws(CBORError) -> AccessHeader.Basis {
        let start = offset
        let number = UInt8(try unsigned("basis", atMost: 255))
        guard let basis = AccessHeader.Basis(rawValue: number) else {
            throw .unexpected(offset: start, expected: "a basis, 1 to 5", found: "\(number)")
        }
        return basis
    }

    fileprivate mutating func rules() throws(CBORError) -> [String] {
        let start = offset
        var rules: [String] = []
        for _ in 0..<(try array(atMost: CaseBody.findingCountMax)) {
            rules.append(try nonEmptyText(atMost: CaseBody.Opening.ruleBytesMax))
        }
        let isOrdered = zip(rules, rules.dropFirst()).allSatisfy {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        guard !rules.isEmpty, isOrdered else {
            throw .unexpected(
                offset: start, expected: "rules in increasing order, one at least",
                found: "\(rules.count) of them")
        }
        return rules
    }
}
