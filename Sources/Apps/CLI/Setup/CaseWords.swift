internal import ArgumentParser
internal import Node
internal import Primitives
internal import Proofs
internal import Records
internal import Supervision

/// What commands about cases are told in words.
enum CaseWords {
    static func institution(_ text: String) throws -> InstitutionID {
        guard let id = InstitutionID(text) else {
            throw ValidationError("'\(text)' is no institution")
        }
        return id
    }

    static func basis(_ text: String) throws -> AccessHeader.Basis {
        let words = AccessHeader.Basis.allCases.map { (named($0), $0) }
        guard let basis = words.first(where: { $0.0 == text })?.1 else {
            throw ValidationError(
                "'\(text)' is no basis out of \(words.map(\.0).joined(separator: ", "))")
        }
        return basis
    }

    private static func named(_ basis: AccessHeader.Basis) -> String {
        EntryView.words("\(basis)").replacing(" ", with: "-")
    }

    static func outcome(_ text: String) throws -> CaseStatement.Outcome {
        let all = CaseStatement.Outcome.allCases
        guard let outcome = all.first(where: { $0.description == text }) else {
            throw ValidationError("'\(text)' is no outcome out of \(outcomes)")
        }
        return outcome
    }

    /// What may come of a case, with commas.
    static var outcomes: String {
        CaseStatement.Outcome.allCases.map(\.description).joined(separator: ", ")
    }

    /// An amount such as `1200.00 USD`.
    static func amount(_ text: String) throws -> Amount {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let major = ExactDecimal(parts[0]),
            let currency = Currency(String(parts[1])),
            let amount = Amount(major: major, currency: currency)
        else { throw ValidationError("'\(text)' is no amount such as '1200.00 USD'") }
        return amount
    }

    /// Whom a case is about, as `institution:city-pharmacy` or `practitioner:` and an id.
    static func subject(_ text: String) throws -> Subject {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        if parts.count == 2 {
            switch parts[0] {
            case "institution": return .institution(try institution(parts[1]))
            case "practitioner":
                if let id = OpaqueID(hex: parts[1]) { return .practitioner(id) }
            case "patient":
                if let id = OpaqueID(hex: parts[1]) { return .patient(id) }
            default: break
            }
        }
        throw ValidationError(
            "'\(text)' is not institution:ID, practitioner:HEX or patient:HEX")
    }

    /// Findings that stand on the ledger, by how their ids begin, in the order in which they are
    /// said, and the case that each was published under.
    static func standing(
        _ prefixes: [String], _ client: NodeClient
    ) async throws -> [(finding: Digest, blindedCase: OpaqueID)] {
        let items = try await Desk.findings(of: client)
        guard (1...CaseBody.findingCountMax).contains(prefixes.count) else {
            throw ValidationError("name 1 to \(CaseBody.findingCountMax) findings")
        }
        return try prefixes.map { prefix in
            let found = try Beginning.one(
                of: items.filter { $0.id.description.hasPrefix(prefix.beginningOfID) }, prefix,
                ("finding that this node knows of", "findings"), lists: "custos findings",
                id: \.id.description)
            guard let standing = found.standing, standing.withdrawal == nil else {
                throw Failure(.refused, "the finding \(prefix) does not stand on the ledger")
            }
            return (found.id, standing.blindedCase)
        }
    }
}
