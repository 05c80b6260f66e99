internal import Cryptography
public import Ledger
public import Primitives
public import Records

/// The steps of a case, all of them up to the last that is shown, in their order.
///
/// What is left to do, above this room: run the rules of the bundles again.
public struct ProvenCase: Sendable {
    public let issuer: Institution
    public let blindedCase: OpaqueID
    public let steps: [Step]
    public let isClosed: Bool
    /// The head as of which these are the steps that the ledger counts, and all of them; nil where
    /// the file does not show that.
    public let standing: ProvenHead?

    public struct Step: Sendable {
        public let entry: ProvenEntry
        public let body: CaseBody
        /// Nil where it is sealed to others.
        public let statement: CaseStatement?
        /// The time of the block that brought it; nil where the file does not show that.
        public let anchored: Timestamp?
    }

    /// The terms that notices set, and whether those noticed kept them.
    public var deadlines: [CaseDeadline] {
        CaseDeadline.all(
            of: steps.map {
                CaseDeadline.Step(
                    leaf: $0.entry.leafIndex, issuer: $0.entry.entry.issuer, body: $0.body,
                    anchored: $0.anchored)
            })
    }

    /// The findings of the steps that open the case and add to it, as far as they are opened.
    public var findings: Set<Digest> {
        Set(steps.filter { $0.body.step.kind == .case }.flatMap { $0.statement?.findings ?? [] })
    }
}

extension Auditor {
    /// The case of a file, once every step of it has been checked.
    ///
    /// The steps are replayed as the ledger counts them: each by the case's own issuer, naming the
    /// one before, so that none is left out between the first and the last.
    ///
    /// - Throws: ``ProofFailure``, the first step that fails.
    public func verify(_ file: CaseFile) throws(ProofFailure) -> ProvenCase {
        var state: CaseState?
        var steps: [ProvenCase.Step] = []
        for step in file.steps {
            let entry = try verify(step.proof)
            guard case .case(let body) = entry.entry.body else {
                throw ProofFailure(
                    .caseSteps, "leaf \(entry.leafIndex) is no step of a case")
            }
            if let first = steps.first {
                try agree(
                    .caseSteps, "whose case leaf \(entry.leafIndex) is of",
                    found: body.owner(issuer: entry.entry.issuer),
                    right: first.entry.entry.issuer)
                try agree(
                    .caseSteps, "the case of leaf \(entry.leafIndex)", found: body.blindedCase,
                    right: first.body.blindedCase)
            }
            if body.isAppeal {
                try checkAppeal(body, entry, among: steps)
            } else {
                state = try after(body, entry, before: state)
            }
            let statement = try step.opened.map { (opened) throws(ProofFailure) in
                try read(opened, of: entry, body)
            }
            let anchored = try step.anchored.map { (bound) throws(ProofFailure) in
                try anchoringTime(of: entry.leafIndex, bound)
            }
            steps.append(
                ProvenCase.Step(
                    entry: entry, body: body, statement: statement, anchored: anchored))
        }
        guard let first = steps.first, let state else {
            throw ProofFailure(.caseSteps, "the file has no step")
        }
        try agree(
            .caseSteps, "whether the case is closed", found: file.isClosed, right: state.isClosed)
        let standing = try file.standing.map { (standing) throws(ProofFailure) in
            try check(
                standing, ofCase: first.body.blindedCase, of: first.entry.entry.issuer,
                after: state)
        }
        try Auditor.checkOnePast(file.heads.map(\.header))
        return ProvenCase(
            issuer: first.entry.issuer, blindedCase: first.body.blindedCase, steps: steps,
            isClosed: state.isClosed, standing: standing)
    }

    /// What the ledger says of a case as of a standing's head; nil where it has no such case.
    ///
    /// - Throws: ``ProofFailure``, the first step that fails.
    public func verify(
        _ standing: StandingProof, ofCase id: OpaqueID, of issuer: InstitutionID
    ) throws(ProofFailure) -> (head: ProvenHead, state: CaseState?) {
        let (head, value) = try value(
            of: .case(issuer, id), standing.head, standing.state, at: .caseSteps)
        let state = try value.map { (value) throws(ProofFailure) in
            try step(.caseSteps) { () throws(CBORError) in try CaseState.decode(value) }
        }
        return (head, state)
    }

    /// Throws unless the ledger has the case as the steps leave it: the last of them counts, hence
    /// the one that it names, and so on.
    private func check(
        _ standing: StandingProof, ofCase id: OpaqueID, of issuer: InstitutionID,
        after state: CaseState
    ) throws(ProofFailure) -> ProvenHead {
        let (head, right) = try verify(standing, ofCase: id, of: issuer)
        let block = "as of block \(head.header.height)"
        guard let right else {
            throw ProofFailure(.caseSteps, "the ledger has no such case \(block)")
        }
        try agree(
            .caseSteps, "the leaf of the case's last step \(block)", found: state.last,
            right: right.last)
        try agree(
            .caseSteps, "the leaf that opened the case \(block)", found: state.opening,
            right: right.opening)
        try agree(
            .caseSteps, "whether the case is closed \(block)", found: state.isClosed,
            right: right.isClosed)
        return head
    }

    /// Throws unless an appeal is by somebody who was given the notice that it follows.
    private func checkAppeal(
        _ body: CaseBody, _ entry: ProvenEntry, among steps: [ProvenCase.Step]
    ) throws(ProofFailure) {
        let appellant = entry.entry.issuer
        guard let last = steps.last, last.entry.leafIndex < entry.leafIndex else {
            throw ProofFailure(
                .caseSteps, "the appeal at leaf \(entry.leafIndex) stands before what it is against"
            )
        }
        let notice = steps.first { $0.entry.leafIndex == body.previous }
        guard let notice, case .noticed = notice.body.step else {
            throw ProofFailure(
                .caseSteps, "the appeal at leaf \(entry.leafIndex) follows no notice of the case")
        }
        guard notice.entry.entry.givesNotice(to: appellant) else {
            throw ProofFailure(
                .caseSteps,
                "\(appellant), who appeals at leaf \(entry.leafIndex), was not given the notice at "
                    + "leaf \(notice.entry.leafIndex)")
        }
    }

    /// The time of the block that brought a leaf: its tree has the leaf, that of the block before
    /// has not.
    private func anchoringTime(
        of leaf: UInt64, _ bound: TimeBound
    ) throws(ProofFailure) -> Timestamp {
        guard let from = bound.from else {
            throw ProofFailure(.timeRange, "nothing shows which block brought leaf \(leaf)")
        }
        let header = try signed(from).header
        try agree(
            .timeRange, "the header before block \(header.height)",
            found: bound.before?.hash ?? .zero, right: header.previous)
        guard leaf < header.treeSize, leaf >= bound.before?.treeSize ?? 0 else {
            throw ProofFailure(
                .timeRange,
                "block \(header.height) brought leaves \(bound.before?.treeSize ?? 0) to "
                    + "\(header.treeSize), and not leaf \(leaf)")
        }
        return header.time
    }

    private func after(
        _ body: CaseBody, _ entry: ProvenEntry, before: CaseState?
    ) throws(ProofFailure) -> CaseState {
        if let before, entry.leafIndex <= before.last {
            throw ProofFailure(
                .caseSteps, "leaf \(entry.leafIndex) stands after leaf \(before.last)")
        }
        // One that was opened again begins with a step before, which may be of the time before.
        let known =
            before == nil && body.step == .opened
            ? body.previous.map { CaseState(opening: $0, last: $0, isClosed: true) } : before
        return try step(.caseSteps) { () throws(CaseRefusal) in
            try CaseState.after(
                body, by: entry.issuer, leafIndex: entry.leafIndex, before: known)
        }
    }

    private func read(
        _ opened: CaseFile.Opened, of entry: ProvenEntry, _ body: CaseBody
    ) throws(ProofFailure) -> CaseStatement {
        let payload = Payload(
            mediaType: CaseStatement.mediaType, source: opened.statement, facts: [])
        let commitment = try step(.caseStatement) { () throws(CryptographyError) in
            try PayloadCommitment.commit(
                to: payload.encode(), salt: opened.salt, ledger: ledger)
        }
        try agree(
            .caseStatement, "the commitment of leaf \(entry.leafIndex)", found: commitment,
            right: entry.entry.commitment)
        let statement = try CaseStatement.decode(opened.statement)
        try agree(
            .caseStatement, "the case that leaf \(entry.leafIndex) speaks of",
            found: statement.blindedCase, right: body.blindedCase)
        try agree(
            .caseStatement, "the step that leaf \(entry.leafIndex) speaks of",
            found: statement.step, right: body.step.number)
        return statement
    }
}
