internal import Cryptography
internal import Ledger
internal import Primitives
internal import Records

/// An institution's people and systems: they hand in entries of all kinds but those that nodes
/// make of themselves (evidence and governance).
///
/// They know the ledger as it stands, and nothing of what is on its way there: so some entries come
/// too late to have an effect.
struct SimulatedClient {
    let region: SimulatedRegion
    let index: Int
    private var chance: SeededGenerator

    /// How often each kind is handed in, out of the sum; cases bring shares and notices.
    private static let shares: [(kind: EntryKind, share: Int)] = [
        (.access, 30), (.record, 8), (.consent, 3), (.relationship, 3), (.identity, 3),
        (.link, 3), (.source, 3), (.void, 2), (.claim, 10), (.claimResponse, 5),
        (.prescription, 6), (.dispense, 8), (.credential, 4), (.finding, 6), (.statement, 3),
        (.notice, 2), (.case, 6), (.hold, 2), (.erasure, 2), (.anchor, 2),
    ]
    private static let kinds = shares.flatMap { Array(repeating: $0.kind, count: $0.share) }

    init(region: SimulatedRegion, index: Int, seed: UInt64) {
        self.region = region
        self.index = index
        chance = SeededGenerator(seed: seed ^ 0xc11e_0000 ^ UInt64(index))
    }

    /// What is handed in next, under this number.
    mutating func entry(_ number: UInt64, after state: LedgerState) -> Entry {
        let kind = chance.pick(SimulatedClient.kinds) ?? .access
        let time = SimulatedRegion.start.milliseconds + chance.between(0, 5 * 86_400_000)
        var entry = Entry(
            kind: kind, issuer: region.names[index], stream: SimulatedRegion.stream,
            number: number, eventTime: Timestamp(milliseconds: time))
        fill(&entry, after: state)
        entry.subjects.sort()
        if entry.kind.hasPayload(saying: entry.body) {
            entry.commitment = digest()
            entry.sealedPayload = digest()
            entry.recipients = region.circles(chance.below(3))
        }
        if entry.commitment != nil, chance.chance(25) { sign(&entry, after: state) }
        return entry
    }

    /// An access with this number; `salt` tells two of one number apart.
    func access(_ number: UInt64, salt: UInt64) -> Entry {
        var label: [UInt8] = []
        label.append(bigEndian: salt)
        label.append(bigEndian: number)
        let digest = SHA256.hash(label)
        return Entry(
            kind: .access, issuer: region.names[index], stream: SimulatedRegion.stream,
            number: number, eventTime: SimulatedRegion.start,
            subjects: [.patient(region.patients[Int(salt % UInt64(region.patients.count))])],
            commitment: digest, sealedPayload: digest, recipients: [region.names[0]],
            access: AccessHeader(
                action: .read, purpose: .treatment, basis: .relationship, outcome: .success))
    }

    private mutating func fill(_ entry: inout Entry, after state: LedgerState) {
        switch entry.kind {
        case .access: fillAccess(&entry)
        case .record:
            entry.subjects = [patient()]
            if chance.chance(30) { entry.body = .record(RecordBody(root: digest())) }
        case .link:
            let (first, second) = (region.patients[0], region.patients[1 + chance.below(39)])
            entry.subjects = [.patient(first), .patient(second)]
            let relation = chance.pick(LinkBody.Relation.allCases) ?? .same
            entry.body = .link(LinkBody(first: first, second: second, relation: relation))
        case .source:
            let first = UInt64(chance.below(1_000))
            entry.body = .source(
                SourceBody(
                    system: "records", day: entry.eventTime.day, firstNumber: first,
                    lastNumber: first + 9, count: 10))
        case .void:
            let last = entry.number + 1 + UInt64(chance.below(3))
            entry.body = .void(
                VoidBody(first: entry.number + 1, last: last, reason: "numbers that were lost"))
        case .claim, .claimResponse: entry.subjects = [patient(), .claim(opaque())]
        case .prescription:
            entry.subjects = [
                patient(), .practitioner(region.staff[index][0].id), .prescription(opaque()),
            ]
        case .credential: fillCredential(&entry, after: state)
        case .finding:
            // Few enough that some stand already, or are withdrawn before they stand.
            let finding = SHA256.hash([UInt8]("finding \(chance.below(200))".utf8))
            entry.body = .finding(
                FindingMark(
                    finding: finding, blindedCase: caseID(), isWithdrawn: chance.chance(30)))
        case .statement: fillStatement(&entry, after: state)
        case .notice:
            entry.subjects = [.institution(other())]
            entry.body = .notice(
                NoticeBody(
                    leafIndex: leaf(state),
                    problem: chance.pick(NoticeBody.Problem.allCases) ?? .format))
        case .case: fillStep(&entry, after: state)
        case .hold:
            entry.body = .hold(
                HoldBody(
                    hold: opaque(), leaves: [leaf(state)], ground: "a court's order",
                    isLifted: chance.chance(30)))
        case .erasure:
            entry.body = .erasure(ErasureBody(leaves: [leaf(state)], ground: "a patient's wish"))
        case .anchor:
            entry.body = .anchor(region.child.anchor(after: state, &chance))
        default: entry.subjects = [patient()]
        }
    }

    private mutating func fillAccess(_ entry: inout Entry) {
        entry.kind = .access
        entry.subjects = [patient()]
        entry.access = AccessHeader(
            action: chance.pick(AccessHeader.Action.allCases) ?? .read,
            purpose: chance.pick(AccessHeader.Purpose.allCases) ?? .treatment,
            basis: chance.pick(AccessHeader.Basis.allCases) ?? .relationship,
            outcome: chance.pick(AccessHeader.Outcome.allCases) ?? .success)
    }

    /// Registers, renews or revokes the credential of who signs here; after a revocation the next
    /// one is registered.
    private mutating func fillCredential(_ entry: inout Entry, after state: LedgerState) {
        let holder = holder(after: state)
        let day = SimulatedRegion.start.day.number
        entry.subjects = [.practitioner(holder.id)]
        entry.body = .credential(
            CredentialBody(
                credential: holder.id, publicKey: holder.key.key.publicKey.bytes, role: "nurse",
                department: "ward 3", from: Day(number: day - 1),
                to: Day(number: day + Int32(2 + chance.below(9))),
                isRevoked: state.credential(holder.id) != nil && chance.chance(15)))
    }

    private func holder(after state: LedgerState) -> SimulatedRegion.Staff {
        let staff = region.staff[index]
        return staff.first { state.credential($0.id)?.body.isRevoked != true } ?? staff[0]
    }

    /// Signs an entry in the name of a credential that the ledger knows.
    private mutating func sign(_ entry: inout Entry, after state: LedgerState) {
        let holder = holder(after: state)
        guard state.credential(holder.id) != nil else { return }
        let claim = entry.authorClaim(ledger: state.ledger)
        let header = COSEHeader(keyID: holder.key.key.keyID, purpose: .author)
        let signature = COSESign1(
            detachedPayload: claim, header: header, sign: holder.key.sign)
        entry.author = Author(credential: holder.id, signature: signature.encoded)
    }

    /// A stranger's statement, where governance knows the stranger; otherwise an access.
    private mutating func fillStatement(_ entry: inout Entry, after state: LedgerState) {
        guard state.statementKeys(of: Stranger.name) != nil,
            let statement = try? region.stranger.statement(digest().description)
        else { return fillAccess(&entry) }
        entry = Entry(statement).carried(by: entry.issuer, entry.stream, number: entry.number)
    }

    /// The next step of a case: who supervises goes on with one of theirs, others appeal.
    private mutating func fillStep(_ entry: inout Entry, after state: LedgerState) {
        let id = caseID()
        let owner = region.names[index]
        guard SimulatedRegion.kind(of: index) != .hospital else {
            let appealed = CaseBody.Step.appealed(region.names[0])
            entry.body = .case(CaseBody(blindedCase: id, step: appealed, previous: leaf(state)))
            return
        }
        var before: CaseState?
        if case .bytes(let bytes) = state.map.value(of: .case(owner, id)) {
            before = try? CaseState.decode(bytes)
        }
        let answer = Day(number: state.head.time.day.number + Int32(25 + chance.below(20)))
        let opening = CaseBody.Opening(
            findings: [leaf(state)], rules: ["CE-01"], answerBy: answer)
        let steps: [CaseBody.Step] = [.added, .shared(.legal), .noticed(opening), .closed]
        let next = chance.pick(steps)
        let step: CaseBody.Step = before.map { $0.isClosed } ?? true ? .opened : next ?? .closed
        let body = CaseBody(blindedCase: id, step: step, previous: before?.last)
        entry.kind = step.kind
        entry.body = .case(body)
        if step.kind == .notice { entry.subjects = [patient()] }
    }

    private mutating func patient() -> Subject {
        .patient(chance.pick(region.patients) ?? region.patients[0])
    }

    private mutating func other() -> InstitutionID {
        region.names[(index + 1 + chance.below(region.names.count - 1)) % region.names.count]
    }

    private mutating func leaf(_ state: LedgerState) -> UInt64 {
        chance.next() % max(1, state.head.tree.size)
    }

    private mutating func caseID() -> OpaqueID {
        OpaqueID(prefixOf: SHA256.hash([UInt8]("case \(chance.below(4))".utf8)))
    }

    private mutating func opaque() -> OpaqueID { OpaqueID(prefixOf: digest()) }

    private mutating func digest() -> Digest {
        var label: [UInt8] = []
        label.append(bigEndian: chance.next())
        label.append(bigEndian: UInt64(index))
        return SHA256.hash(label)
    }
}
