internal import Foundation
internal import Node
internal import Primitives
internal import Proofs
internal import Records
internal import Supervision

/// A case as a node has it: its steps in ledger order, opened where they may be.
struct KnownCase {
    let issuer: InstitutionID
    let blindedCase: OpaqueID
    private(set) var steps: [Step]

    struct Step {
        let leaf: UInt64
        let entry: Entry
        let body: CaseBody
        let opened: CaseFile.Opened?
        let statement: CaseStatement?
    }

    /// All cases that a node knows of, in the order of their first steps.
    static func all(_ client: NodeClient, _ wanted: OpaqueID? = nil) async throws -> [KnownCase] {
        let bytes = try await client.desk(DeskRequest.cases(wanted).encode())
        let history = try Desk.read { () throws(SupervisionError) in
            try CaseHistory.decode(bytes)
        }
        var cases: [KnownCase] = []
        for item in history.steps {
            let entry = try Entry.decode(item.entry)
            guard case .case(let body) = entry.body else { continue }
            let step = Step(
                leaf: item.leafIndex, entry: entry, body: body, opened: item.opened,
                statement: try item.opened.map { try CaseStatement.decode($0.statement) })
            let known = cases.firstIndex {
                $0.issuer == entry.issuer && $0.blindedCase == body.blindedCase
            }
            if let known {
                cases[known].steps.append(step)
            } else {
                cases.append(
                    KnownCase(
                        issuer: entry.issuer, blindedCase: body.blindedCase, steps: [step]))
            }
        }
        return cases.sorted { ($0.steps.first?.leaf ?? 0) < ($1.steps.first?.leaf ?? 0) }
    }

    /// The case whose id begins so; `issuer`, where it is said, is whose.
    static func find(
        _ prefix: String, of issuer: InstitutionID? = nil, _ client: NodeClient
    ) async throws -> KnownCase {
        let found = try await all(client).filter {
            $0.blindedCase.description.hasPrefix(prefix) && (issuer ?? $0.issuer) == $0.issuer
        }
        guard found.count == 1 else {
            throw Failure(
                .refused,
                "\(found.count) cases\(issuer.map { " of \($0)" } ?? "") begin with '\(prefix)'")
        }
        return found[0]
    }

    /// The leaf that the next step names.
    var last: UInt64? { steps.last?.leaf }

    var isClosed: Bool { steps.last?.body.step == .closed }

    /// The findings that have joined since it was opened last.
    var findings: [Digest] {
        let start = steps.lastIndex { $0.body.step == .opened } ?? 0
        return Set(
            steps[start...].filter { $0.body.step.kind == .case }
                .flatMap { $0.statement?.findings ?? [] }
        ).sorted()
    }
}
