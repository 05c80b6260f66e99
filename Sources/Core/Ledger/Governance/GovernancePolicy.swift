internal import Consensus
public import Primitives
internal import Records

/// Who must agree to what: k of n, by kind of change.
///
/// A kind of change that is not named needs institutions with more than 2/3 of the voting power.
public struct GovernancePolicy: Hashable, Sendable {
    /// So many of an institution's govern keys sign its vote, or all where it has fewer.
    public let signatureCount: Int
    /// By kind of change, increasing.
    public let clauses: [Clause]

    /// What one kind of change needs: every requirement, each met by institutions of its own.
    public struct Clause: Hashable, Sendable {
        public let change: GovernanceAction.Kind
        public let requirements: [Requirement]

        public init(change: GovernanceAction.Kind, requirements: [Requirement]) {
            self.change = change
            self.requirements = requirements
        }
    }

    /// So many institutions of a kind, or of any.
    public struct Requirement: Hashable, Sendable {
        public let count: Int
        public let kind: InstitutionKind?

        public init(count: Int, kind: InstitutionKind?) {
            self.count = count
            self.kind = kind
        }
    }

    public init(signatureCount: Int, clauses: [Clause]) {
        self.signatureCount = signatureCount
        self.clauses = clauses.sorted { $0.change.rawValue < $1.change.rawValue }
    }

    /// Two persons of each institution, and more than 2/3 of the power for everything.
    public static let standard = GovernancePolicy(signatureCount: 2, clauses: [])

    /// Whether these institutions are enough for the change.
    ///
    /// One institution counts for every requirement that names its kind: the kinds are apart, and
    /// "of any kind" means so many altogether.
    func isMet(
        for change: GovernanceAction.Kind, by approving: [Institution], of charter: Charter
    ) -> Bool {
        guard let clause = clauses.first(where: { $0.change == change }) else {
            return charter.validators.isQuorum(approving.reduce(0) { $0 + $1.power })
        }
        return clause.requirements.allSatisfy { $0.isMet(by: approving) }
    }

    /// How many of the institution's keys must sign its vote.
    func signatureCount(of institution: Institution) -> Int {
        max(1, min(signatureCount, institution.governKeys.count))
    }

    /// What makes the policy unfit for these institutions, or nil.
    func problem(for institutions: [Institution]) -> String? {
        guard (1...GovernanceVoter.signatureCountMax).contains(signatureCount) else {
            return "a vote must need 1 to 8 signatures, not \(signatureCount)"
        }
        for (index, clause) in clauses.enumerated() {
            if index > 0, clauses[index - 1].change == clause.change {
                return "the policy names \(clause.change) twice"
            }
            if clause.requirements.isEmpty { return "nobody need agree to \(clause.change)" }
            for requirement in clause.requirements {
                let able = institutions.filter { !$0.governKeys.isEmpty }
                guard requirement.count > 0, requirement.isMet(by: able) else {
                    return "\(clause.change) needs \(requirement), more than have govern keys"
                }
            }
        }
        return nil
    }
}

extension GovernancePolicy.Requirement: CustomStringConvertible {
    func isMet(by institutions: [Institution]) -> Bool {
        institutions.count { kind == nil || $0.kind == kind } >= count
    }

    public var description: String { "\(count) \(kind.map { "\($0)" } ?? "institution")" }
}

extension GovernancePolicy {
    /// `[uint, [* [uint, [+ [uint, institution-kind / null]]]]]`.
    public func encode(into writer: inout CBORWriter) {
        writer.array(2)
        writer.unsigned(UInt64(max(0, signatureCount)))
        writer.array(clauses.count)
        for clause in clauses {
            writer.array(2)
            writer.unsigned(UInt64(clause.change.rawValue))
            writer.array(clause.requirements.count)
            for requirement in clause.requirements {
                writer.array(2)
                writer.unsigned(UInt64(max(0, requirement.count)))
                if let kind = requirement.kind {
                    writer.unsigned(UInt64(kind.rawValue))
                } else {
                    writer.null()
                }
            }
        }
    }

    /// The policy's bytes: its value in the state map.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 64)
        encode(into: &writer)
        return writer.bytes
    }

    /// Reads the policy where it stands in a larger item.
    public init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 2)
        signatureCount = Int(
            try reader.unsigned("signatures", atMost: UInt64(GovernanceVoter.signatureCountMax)))
        var clauses: [Clause] = []
        for _ in 0..<(try reader.array(atMost: GovernanceAction.Kind.allCases.count)) {
            let start = reader.offset
            try reader.array(exactly: 2)
            let change: GovernanceAction.Kind = try reader.code("a kind of change, 1 to 12")
            if let last = clauses.last, last.change.rawValue >= change.rawValue {
                throw .unexpected(
                    offset: start, expected: "kinds of change in increasing order",
                    found: "\(change) after \(last.change)")
            }
            var requirements: [Requirement] = []
            for _ in 0..<(try reader.array(atMost: 16)) {
                try reader.array(exactly: 2)
                let count = Int(
                    try reader.unsigned(
                        "institutions", atMost: UInt64(Genesis.institutionCountMax)))
                let kind: InstitutionKind? =
                    try reader.isNull() ? nil : try reader.code("a kind of institution, 1 to 7")
                requirements.append(Requirement(count: count, kind: kind))
            }
            clauses.append(Clause(change: change, requirements: requirements))
        }
        self.clauses = clauses
    }
}
