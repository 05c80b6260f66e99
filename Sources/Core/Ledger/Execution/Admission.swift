internal import Cryptography
internal import Primitives
internal import Records

/// Decides, batch by batch, what may stand in a block at one height.
///
/// A batch is taken as a whole or not at all: a refused one leaves no trace.
struct Admission {
    private let state: LedgerState
    private let height: Height
    private var nextNumbers: [StateKey: UInt64] = [:]
    private var credentials: [OpaqueID: RegisteredCredential] = [:]
    /// The credentials that entries of this block registered, in their order.
    private(set) var registered: [RegisteredCredential] = []
    /// The entries that have no effect, by their place in the block.
    private(set) var unfit: [Int: Unfitness] = [:]
    private var entryCount: UInt64 = 0
    private var byteCount: UInt64 = 0

    init(_ state: LedgerState, at height: Height) {
        self.state = state
        self.height = height
    }

    /// Takes the batch as the next of the block.
    mutating func admit(_ batch: VerifiedBatch) throws(BatchRefusal) {
        try checkIssuer(batch)
        try checkNumbers(batch)
        let entries = entryCount + UInt64(batch.entries.count)
        let bytes = byteCount + UInt64(batch.entriesByteCount)
        guard entries <= state.parameters.blockEntryCountMax,
            bytes <= state.parameters.blockByteCountMax
        else {
            throw .noRoom(
                entryCount: batch.entries.count, byteCount: batch.entriesByteCount)
        }
        try checkCounts(batch)
        var found: [(index: Int, why: Unfitness)] = []
        try checkEvidence(batch, unfit: &found)
        try checkStatements(batch)
        try checkAppeals(batch)
        for credential in try checkCredentials(batch, unfit: &found) {
            credentials[credential.body.credential] = credential
            registered.append(credential)
        }
        for (index, why) in found { unfit[Int(entryCount) + index] = why }
        nextNumbers[.nextNumber(batch.header.issuer, batch.header.stream)] = batch.nextNumber
        entryCount = entries
        byteCount = bytes
    }

    private func checkIssuer(_ batch: VerifiedBatch) throws(BatchRefusal) {
        let header = batch.header
        guard header.ledger == state.ledger else {
            throw .wrongLedger(found: header.ledger, right: state.ledger)
        }
        guard let institution = state.institution(header.issuer) else {
            throw .unknownInstitution(header.issuer)
        }
        guard let key = institution.submitKey(header.stream) else {
            throw .unknownStream(header.issuer, header.stream)
        }
        guard key == batch.submitKey else { throw .keyChanged(header.issuer, header.stream) }
        if let committed = state.committed(batch: batch.digest) { throw .duplicate(committed) }
        guard header.expiry >= height else {
            throw .expired(expiry: header.expiry, height: height)
        }
        let latest = Height(height.blocks + state.parameters.batchHeightsMax)
        guard header.expiry <= latest else {
            throw .expiryTooFar(expiry: header.expiry, latest: latest)
        }
    }

    private func checkNumbers(_ batch: VerifiedBatch) throws(BatchRefusal) {
        let header = batch.header
        let key = StateKey.nextNumber(header.issuer, header.stream)
        let next = nextNumbers[key] ?? state.nextNumber(of: header.issuer, header.stream) ?? 1
        if header.firstNumber > next {
            throw .gap(expected: next, found: header.firstNumber)
        }
        if header.firstNumber < next {
            throw .replayed(number: header.firstNumber, next: next)
        }
    }

    /// Before anything is checked that costs: so a batch cannot cost more than its limits allow.
    private func checkCounts(_ batch: VerifiedBatch) throws(BatchRefusal) {
        var counts: [EntryKind: Int] = [:]
        for index in batch.watched {
            let entry = batch.entries[index]
            guard let limit = entry.kind.batchCountMax else { continue }
            counts[entry.kind, default: 0] += 1
            guard counts[entry.kind, default: 0] <= limit else {
                throw .entry(index: index, .tooMany(entry.kind, limit: limit))
            }
        }
    }

    /// Why an entry has no effect that might stand in another state of the ledger; one that could
    /// not, or whose kind keeps its batch off, throws.
    private func unfitness(
        _ refusal: EntryRefusal, at index: Int
    ) throws(BatchRefusal) -> Unfitness {
        guard state.parameters.entryRules >= 2, let why = Unfitness(refusal) else {
            throw .entry(index: index, refusal)
        }
        return why
    }

    private func checkEvidence(
        _ batch: VerifiedBatch, unfit: inout [(index: Int, why: Unfitness)]
    ) throws(BatchRefusal) {
        for index in batch.watched {
            let entry = batch.entries[index]
            guard case .evidence(let body) = entry.body else { continue }
            do throws(EvidenceRefusal) {
                _ = try state.check(body)
            } catch {
                unfit.append((index, try unfitness(.evidence(error), at: index)))
            }
        }
    }

    /// A statement is registered by standing on the ledger, so one that the policy does not take
    /// keeps its batch off whatever the rules.
    private func checkStatements(_ batch: VerifiedBatch) throws(BatchRefusal) {
        for index in batch.watched {
            let entry = batch.entries[index]
            guard case .statement(let statement) = entry.body else { continue }
            do throws(StatementRefusal) {
                try state.check(statement)
            } catch {
                throw .entry(index: index, .statement(error))
            }
        }
    }

    /// Before the parameters set a term, there may be nodes that cannot read an appeal.
    private func checkAppeals(_ batch: VerifiedBatch) throws(BatchRefusal) {
        guard state.parameters.appealDays == 0 else { return }
        for index in batch.watched {
            let entry = batch.entries[index]
            guard case .case(let body) = entry.body, body.isAppeal else { continue }
            throw .entry(index: index, .step(.noAppeals))
        }
    }

    private func checkCredentials(
        _ batch: VerifiedBatch, unfit: inout [(index: Int, why: Unfitness)]
    ) throws(BatchRefusal) -> [RegisteredCredential] {
        var found: [RegisteredCredential] = []
        for index in batch.watched {
            let entry = batch.entries[index]
            guard entry.author != nil || entry.kind == .credential else { continue }
            let check = CredentialCheck(
                ledger: state.ledger, entry: entry, signatures: state.signatureCheck)
            do throws(EntryRefusal) {
                if let author = entry.author {
                    try check.checkAuthor(
                        author, credential: find(author.credential, in: found),
                        verifiedUnder: batch.authorKeys[index])
                }
                if case .credential(let body) = entry.body {
                    found.append(
                        try check.registration(
                            body, replacing: find(body.credential, in: found)))
                }
            } catch {
                unfit.append((index, try unfitness(error, at: index)))
            }
        }
        return found
    }

    /// The credential as this batch, then the block, then the state has it.
    private func find(
        _ id: OpaqueID, in batch: [RegisteredCredential]
    ) -> RegisteredCredential? {
        batch.last { $0.body.credential == id } ?? credentials[id] ?? state.credential(id)
    }
}

extension Entry {
    /// Whether a block's admission asks the state about it; most entries may stand by their form.
    var isWatched: Bool {
        if author != nil || kind.batchCountMax != nil { return true }
        switch kind {
        case .credential, .case, .evidence, .statement: return true
        default: return false
        }
    }
}
