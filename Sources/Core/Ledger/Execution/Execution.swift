internal import Cryptography
internal import Primitives
internal import Records

/// Carries out the entries of one block beside the state: leaves, state changes, terms.
struct Execution {
    private let state: LedgerState
    private let height: Height
    private let time: Timestamp
    private let firstLeaf: UInt64
    private let isIndexKept: Bool
    private let listsRules: Bool
    /// The entries that have no effect, by their place in the block.
    private let unfit: [Int: Unfitness]
    private var overlay: StateOverlay
    private(set) var tree: MerkleFrontier
    /// Every complete subtree that a leaf of this block closes, in the order of closing.
    private(set) var nodes: [Digest] = []
    private(set) var leafHashes: [Digest] = []
    private(set) var governance: Governance
    private(set) var outcomes: [ExecutedBlock.GovernanceOutcome] = []
    private(set) var anchorOutcomes: [ExecutedBlock.AnchorOutcome] = []
    private(set) var idleFindings: [ExecutedBlock.IdleFinding] = []
    private(set) var unfitEntries: [UnfitEntry] = []
    private var postings = Postings()
    /// Where the terms of few values stand among the changes; −1 where not yet touched.
    private var kindItems = [Int](repeating: -1, count: 32)
    private var kindPostings = [Postings.Open](repeating: Postings.Open(), count: 32)
    private var actionItems = [Int](repeating: -1, count: 8)
    private var actionPostings = [Postings.Open](repeating: Postings.Open(), count: 8)
    /// Where those of institutions stand that were touched.
    private var institutionItems: [InstitutionID: Int] = [:]

    init(
        _ state: LedgerState, at height: Height, time: Timestamp, unfit: [Int: Unfitness]
    ) {
        self.state = state
        self.unfit = unfit
        governance = state.governance
        self.height = height
        self.time = time
        firstLeaf = state.head.tree.size
        isIndexKept = state.parameters.isIndexKept
        listsRules = state.parameters.listsRules
        overlay = StateOverlay(over: state.map)
        tree = state.head.tree
    }

    /// Makes room for what so many entries bring, at once.
    mutating func reserve(entryCount: Int) {
        leafHashes.reserveCapacity(entryCount)
        nodes.reserveCapacity(2 * entryCount)
        postings.reserve(8 * entryCount)
        overlay.reserve(2 * entryCount)
    }

    mutating func add(_ batch: VerifiedBatch) {
        let header = batch.header
        overlay.set(
            .nextNumber(header.issuer, header.stream), .number(batch.nextNumber))
        let listing = batch.listing
        var terms = BatchTerms(
            header, isIndexKept ? state.map.slots(of: listing.people) : [])
        for (index, leaf) in batch.leafHashes.enumerated() {
            let position = UInt32(leafHashes.count)
            leafHashes.append(leaf)
            tree.append(leaf) { nodes.append($1) }
            let line = listing.lines[index]
            if !unfit.isEmpty, let why = unfit[Int(position)] {
                addUnfit(why, at: position)
            } else if line.isEffective {
                addState(batch.entries[index], at: position)
            }
            guard isIndexKept else { continue }
            addTerms(line, of: listing, at: position, &terms)
            guard listsRules, line.kind == .notice else { continue }
            for term in batch.entries[index].ruleTerms { postings.add(touch(term), position) }
        }
    }

    /// Notes that an entry has no effect, and lists it among those.
    ///
    /// It stands under its terms as well: who asks for all of a patient is given it.
    private mutating func addUnfit(_ why: Unfitness, at position: UInt32) {
        let leaf = firstLeaf + UInt64(position)
        unfitEntries.append(UnfitEntry(leafIndex: leaf, why: why))
        overlay.set(.unfit(leaf), .bytes(why.encode()))
        if isIndexKept { postings.add(touch(.unfit), position) }
    }

    private mutating func addState(_ entry: borrowing Entry, at position: UInt32) {
        switch entry.body {
        case .credential(let body):
            // Admission has seen to it that the key is one.
            let value = RegisteredCredential.encode(body, by: entry.issuer)
            overlay.set(.credential(body.credential), .bytes(value))
        case .finding(let mark):
            let leaf = firstLeaf + UInt64(position)
            let before = FindingState(overlay.value(of: .finding(mark.finding)))
            let after = FindingState.after(
                mark, by: entry.issuer, leafIndex: leaf, before: before)
            if let after {
                overlay.set(.finding(mark.finding), .bytes(after.encode()))
            } else {
                idleFindings.append(
                    ExecutedBlock.IdleFinding(
                        leafIndex: leaf, finding: mark.finding, standing: before?.leafIndex))
            }
        case .evidence(let body): addEvidence(body, at: position)
        case .governance(let body): addGovernance(body, by: entry.issuer, at: position)
        case .anchor(let body): addAnchor(body, at: position)
        case .case(let body): addStep(body, by: entry.issuer, at: position)
        default: break
        }
    }

    /// Notes an offence once; a proof that was asked for answers what asked for it.
    ///
    /// Admission has checked the evidence; who said the same before has said it for all.
    private mutating func addEvidence(_ body: EvidenceBody, at position: UInt32) {
        guard let offence = try? state.check(body) else { return }
        let key = StateKey.evidence(offence.digest)
        let leaf = firstLeaf + UInt64(position)
        var record: EvidenceRecord?
        if case .bytes(let bytes) = overlay.value(of: key) {
            record = try? EvidenceRecord.decode(bytes)
        }
        switch (body.kind, record) {
        case (.proofOfLock, var record?) where record.answer == nil:
            record.answer = leaf
            overlay.set(key, .bytes(record.encode()))
        case (.proofOfLock, _), (_, .some): break
        case (_, nil):
            let record = EvidenceRecord(
                kind: body.kind, institution: offence.institution, leaf: leaf, answer: nil)
            overlay.set(key, .bytes(record.encode()))
        }
    }

    /// Notes a step of a case; one that does not follow from those before changes nothing.
    private mutating func addStep(
        _ body: CaseBody, by issuer: InstitutionID, at position: UInt32
    ) {
        let key = StateKey.case(issuer, body.blindedCase)
        let after = try? CaseState.after(
            body, by: state.institution(issuer), leafIndex: firstLeaf + UInt64(position),
            before: CaseState(overlay.value(of: key)),
            earliestAnswer: state.parameters.earliestAnswer(noticedAt: time))
        if let after { overlay.set(key, .bytes(after.encode())) }
    }

    private mutating func addGovernance(
        _ body: GovernanceBody, by issuer: InstitutionID, at position: UInt32
    ) {
        let leaf = firstLeaf + UInt64(position)
        var refusal: GovernanceRefusal?
        do throws(GovernanceRefusal) {
            put(
                try governance.take(
                    body, issuer: issuer, leaf: leaf, height: height, ledger: state.ledger))
        } catch {
            refusal = error
        }
        outcomes.append(ExecutedBlock.GovernanceOutcome(leafIndex: leaf, refusal: refusal))
    }

    /// Notes the head of another ledger, or that the ledger has two pasts.
    private mutating func addAnchor(_ body: AnchorBody, at position: UInt32) {
        let leaf = firstLeaf + UInt64(position)
        var refusal: AnchorRefusal?
        var isFork = false
        do throws(AnchorRefusal) {
            switch try check(body, leaf: leaf) {
            case .head(let ledger, let height, let head):
                overlay.set(.anchoredLedger(body.ledger), .bytes(ledger.encode()))
                overlay.set(.anchoredHead(body.ledger, height), .bytes(head.encode()))
            case .fork(let ledger):
                isFork = true
                overlay.set(.anchoredLedger(body.ledger), .bytes(ledger.encode()))
            }
        } catch {
            refusal = error
        }
        anchorOutcomes.append(
            ExecutedBlock.AnchorOutcome(leafIndex: leaf, isFork: isFork, refusal: refusal))
    }

    private func check(
        _ body: AnchorBody, leaf: UInt64
    ) throws(AnchorRefusal) -> AnchorCheck.Effect {
        guard let child = AnchorReading.ledger(overlay.value(of: .anchoredLedger(body.ledger)))
        else { throw .notRegistered(body.ledger) }
        return try AnchorCheck(
            ledger: body.ledger, child: child,
            head: { AnchorReading.head(overlay.value(of: .anchoredHead(body.ledger, $0))) },
            signatures: state.signatureCheck
        ).check(body, leaf: leaf)
    }

    private mutating func register(
        _ id: LedgerID, _ registration: AnchoredLedger.Registration?
    ) {
        let before = AnchorReading.ledger(overlay.value(of: .anchoredLedger(id)))
        // That the validators are some was checked when the change was agreed on.
        guard let registration, var after = try? AnchoredLedger(registration) else {
            if before != nil { overlay.set(.anchoredLedger(id), .deleted) }
            return
        }
        after.newest = before?.newest
        overlay.set(.anchoredLedger(id), .bytes(after.encode()))
    }

    private mutating func put(_ changes: [Governance.Change]) {
        for change in changes {
            switch change {
            case .set(let key, let bytes): overlay.set(key, .bytes(bytes))
            case .delete(let key): overlay.set(key, .deleted)
            case .register(let id, let registration): register(id, registration)
            case .begin(let institution):
                for submitKey in institution.submitKeys {
                    let key = StateKey.nextNumber(institution.id, submitKey.stream)
                    if overlay.value(of: key) == nil { overlay.set(key, .number(1)) }
                }
            }
        }
    }

    /// What listing a batch keeps in mind between its entries.
    private struct BatchTerms {
        let header: BatchHeader
        /// Where the people of the batch stand in the map.
        let slots: [UInt32]
        /// The next of them, and of the institutions, to be listed.
        var person = 0
        var subject = 0
        /// Where the terms that a whole batch shares stand among the changes.
        var institution = -1
        var stream = -1
        var day = -1
        var dayNumber: Int32 = 0
        var institutionPosting = Postings.Open()
        var streamPosting = Postings.Open()
        var dayPosting = Postings.Open()

        init(_ header: BatchHeader, _ slots: [UInt32]) {
            self.header = header
            self.slots = slots
        }
    }

    /// Lists the entry under its terms, in the order of `Entry.terms`.
    ///
    /// No subject is the batch's own institution (`Entry` is checked for that): what stands under
    /// its terms comes by the open postings alone, and so in order.
    private mutating func addTerms(
        _ line: BatchListing.Line, of listing: BatchListing, at position: UInt32,
        _ batch: inout BatchTerms
    ) {
        let people = batch.person..<batch.person + Int(line.personCount)
        let subjects = batch.subject..<batch.subject + Int(line.institutionCount)
        (batch.person, batch.subject) = (people.upperBound, subjects.upperBound)
        // A statement's bytes do not say who brought it: it is listed by what they say alone.
        guard line.kind != .statement else {
            return postings.add(touch(.kind(.statement)), position)
        }
        for index in people {
            postings.add(overlay.touch(listing.people[index], inSlot: batch.slots[index]), position)
        }
        let issuer = batch.header.issuer
        if batch.institution < 0 { batch.institution = touch(issuer) }
        postings.add(batch.institution, position, to: &batch.institutionPosting)
        for index in subjects {
            postings.add(touch(listing.institutions[index]), position)
        }
        if batch.stream < 0 { batch.stream = touch(.stream(issuer, batch.header.stream)) }
        postings.add(batch.stream, position, to: &batch.streamPosting)
        if let action = line.action {
            let index = Int(action.rawValue)
            if actionItems[index] < 0 { actionItems[index] = touch(.action(action)) }
            postings.add(actionItems[index], position, to: &actionPostings[index])
        }
        let kind = Int(line.kind.rawValue)
        if kindItems[kind] < 0 { kindItems[kind] = touch(.kind(line.kind)) }
        postings.add(kindItems[kind], position, to: &kindPostings[kind])
        if batch.day < 0 || batch.dayNumber != line.day.number {
            batch.day = touch(.institutionDay(issuer, line.day))
            batch.dayNumber = line.day.number
        }
        postings.add(batch.day, position, to: &batch.dayPosting)
    }

    /// Where a term stands among the changes; what is touched here is listed (``Postings``).
    @inline(__always)
    private mutating func touch(_ term: Term) -> Int {
        overlay.touch(.term(term))
    }

    private mutating func touch(_ institution: InstitutionID) -> Int {
        if let item = institutionItems[institution] { return item }
        let item = touch(.institution(institution))
        institutionItems[institution] = item
        return item
    }

    /// Closes the block: heads, what governance has due, height and time, hashes.
    mutating func finish(
        time: Timestamp, signers: [InstitutionID]
    ) -> (changes: StateChanges, runs: RunsRow) {
        put(
            governance.close(
                height, at: time, signers: signers,
                previous: LedgerStanding.Milestone(
                    height: state.head.height, block: state.head.hash)))
        overlay.set(.ledger, LedgerState.ledgerValue(height, time))
        let order = overlay.order()
        var growing = overlay.growingHeads(order)
        let runs = postings.close(
            &growing, in: &overlay,
            Postings.Leaves(height: height, first: firstLeaf, hashes: leafHashes))
        return (overlay.finish(order, growing), runs)
    }
}
