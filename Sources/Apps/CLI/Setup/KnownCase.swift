internal import Consensus
internal import Foundation
internal import Ledger
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
            let owner = body.owner(issuer: entry.issuer)
            let known = cases.firstIndex {
                $0.issuer == owner && $0.blindedCase == body.blindedCase
            }
            if let known {
                cases[known].steps.append(step)
            } else {
                cases.append(
                    KnownCase(
                        issuer: owner, blindedCase: body.blindedCase, steps: [step]))
            }
        }
        return cases.sorted { ($0.steps.first?.leaf ?? 0) < ($1.steps.first?.leaf ?? 0) }
    }

    /// The case whose id begins so; `issuer`, where it is said, is whose.
    static func find(
        _ prefix: String, of issuer: InstitutionID? = nil, _ client: NodeClient
    ) async throws -> KnownCase {
        let found = try await all(client).filter {
            $0.blindedCase.description.hasPrefix(prefix.beginningOfID)
                && (issuer ?? $0.issuer) == $0.issuer
        }
        let whose = issuer.map { " of \($0)" } ?? ""
        return try Beginning.one(
            of: found, prefix, ("case\(whose) that this node knows of", "cases\(whose)"),
            lists: "custos case show", id: \.blindedCase.description)
    }

    /// The leaf that the next step of its own institution names.
    var last: UInt64? { ownSteps.last?.leaf }

    var isClosed: Bool { ownSteps.last?.body.step == .closed }

    /// The steps without the appeals of others.
    private var ownSteps: [Step] { steps.filter { !$0.body.isAppeal } }

    /// The terms that its notices set, by when its steps were anchored.
    func deadlines(_ client: NodeClient) async throws -> [CaseDeadline] {
        var timed: [CaseDeadline.Step] = []
        for step in steps {
            timed.append(
                CaseDeadline.Step(
                    leaf: step.leaf, issuer: step.entry.issuer, body: step.body,
                    anchored: try await client.entry(leaf: step.leaf).time))
        }
        return CaseDeadline.all(of: timed)
    }

    /// What shows when a step was anchored, where a term hangs on that.
    static func anchoring(of step: Step, _ client: NodeClient) async throws -> TimeBound? {
        switch step.body.step {
        case .noticed, .appealed: break
        default: return nil
        }
        let height = try await client.entry(leaf: step.leaf).height
        let answer = try await client.block(height)
        let before: BlockHeader? =
            height.blocks > 1
            ? try Block.decode(try await client.block(Height(height.blocks - 1)).block).header
            : nil
        return TimeBound(
            before: before,
            from: ClaimedHead(
                header: try Block.decode(answer.block).header,
                commitProof: try CommitProof.decode(answer.commitProof[...]).claimed))
    }

    /// The findings that have joined since it was opened last.
    var findings: [Digest] {
        let start = steps.lastIndex { $0.body.step == .opened } ?? 0
        return Set(
            steps[start...].filter { $0.body.step.kind == .case }
                .flatMap { $0.statement?.findings ?? [] }
        ).sorted()
    }
}
