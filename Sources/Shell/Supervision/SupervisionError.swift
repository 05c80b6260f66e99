public import Findings
public import Primitives
public import Records
public import Sealing
public import Storage

/// Why supervision on this node cannot do what it was asked.
public enum SupervisionError: Error, Equatable, Sendable {
    case storage(StorageError)
    case sealing(SealingError)
    /// A row on the disk is not what was written there.
    case damaged(table: String, key: [UInt8])
    /// A message or file is not in the format of `what`.
    case malformed(what: String, CBORError)
    /// A fact in a message cannot be read.
    case fact(FactError)
    /// A committed leaf is no entry; the node's block store and this room disagree.
    case entry(leafIndex: UInt64, EntryError)
    /// What was submitted cannot become an entry.
    case submission(EntryError)
    /// The payload of a submission could not be used as evidence by anybody.
    case evidence(PayloadProblem)
    /// Lost numbers are declared by the outbox, which alone knows them.
    case voidIsTheOutboxs
    /// The payload of a submission of this kind is missing, or is one too many.
    case payload(EntryKind, isWanted: Bool)
    case recipient(InstitutionID, why: String)
    case tooManyRecipients(count: Int)
    /// A line of the recipient policy says what it must not.
    case policy(String)
    /// A message speaks of another ledger or issuer than it may.
    case foreign(what: String, from: InstitutionID)
    /// This node does not name people: another one is the identity provider.
    case notProvider(InstitutionID)
    /// The identity provider knows nobody by any of so many identifiers.
    case nobodyKnown(count: Int)
    /// This node's rules do not have the finding open, so it can neither explain nor prove it.
    case findingNotOpen(Digest)
    /// The finding is not on the ledger, or not sealed to this institution.
    case findingNotStanding(Digest)
    /// A hold, or a finding that stands, keeps the entry's payload from being erased.
    case held(leafIndex: UInt64, by: String)
    /// The entry has no payload that this institution could open.
    case nothingToErase(leafIndex: UInt64)
    /// The entry has no payload at all, or is not there.
    case noPayload(leafIndex: UInt64, isThere: Bool)
    /// Segments of the entry cannot be shown by this node.
    case notDisclosed(leafIndex: UInt64, why: String)
    /// No rule of this id runs here.
    case ruleNotRun(String, nearest: String? = nil)
    /// The rule that found it does not run here any more, or with other tables.
    case ruleGone(Digest)
    /// An entry that a finding rests on cannot be opened any more.
    case evidenceGone(leafIndex: UInt64)
    /// The rules of this node cannot run together.
    case rules(String)
    /// What a peer sent does not have the hash that it must have.
    case falsified(what: String, by: InstitutionID)
    /// A message answers a question that was not asked.
    case unasked(what: String)
    /// The block does not follow the last one that was taken in.
    case outOfOrder(height: Height, expected: Height)
}

extension SupervisionError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .storage(let error): error.description
        case .sealing(let error): error.description
        case .damaged(let table, let key):
            "the row \(key.hex) of the table '\(table)' is damaged; move the folder "
                + "'supervision' away, and the node builds it again from the ledger"
        case .malformed(let what, let error): "the \(what) is malformed: \(error)"
        case .fact(let error): error.description
        case .entry(let leaf, let error): "leaf \(leaf) of the ledger: \(error)"
        case .submission(let error): "the submission cannot become an entry: \(error)"
        case .evidence(let problem): "the submission cannot become an entry: \(problem)"
        case .voidIsTheOutboxs:
            "a void entry is made by the node's outbox; it cannot be submitted"
        case .payload(let kind, let isWanted):
            isWanted
                ? "a submission of kind \(kind) needs a payload"
                : "a submission of kind \(kind) has no payload; its body says all"
        case .recipient(let id, let why):
            "\(id) cannot be a recipient: it \(why)"
        case .tooManyRecipients(let count):
            "\(count) recipients; at most \(Entry.recipientCountMax) are allowed"
        case .policy(let problem): "the recipient policy cannot be read: \(problem)"
        case .foreign(let what, let from):
            "a \(what) from \(from) is about another ledger or institution than it may be"
        case .notProvider(let id): "\(id) is not the identity provider; ask the one that is"
        case .nobodyKnown(let count):
            "of \(count) identifiers nobody is known here by any; no key was destroyed"
        case .findingNotOpen(let id):
            "the rules of this node do not find \(id); ask an institution that runs the rule"
        case .findingNotStanding(let id):
            "the finding \(id) does not stand on the ledger, or is not sealed to this institution"
        case .held(let leaf, let who): "the payload of leaf \(leaf) must not be erased: \(who)"
        case .nothingToErase(let leaf):
            "the payload of leaf \(leaf) is not sealed to this institution, or has not come"
        case .noPayload(let leaf, isThere: true):
            "leaf \(leaf) has no payload: all that it says stands in clear"
        case .noPayload(let leaf, isThere: false): "leaf \(leaf) is not on the ledger"
        case .notDisclosed(let leaf, let why):
            "nothing of leaf \(leaf) can be disclosed here: it \(why)"
        case .ruleNotRun(let rule, let nearest):
            "no rule '\(rule)' runs on this node"
                + (nearest.map { "; did you mean '\($0)'?" } ?? ";")
                + " `custos status` lists those that do"
        case .ruleGone(let id):
            "the rule of finding \(id) does not run here any more, or with other tables; ask an "
                + "institution that runs it"
        case .evidenceGone(let leaf):
            "the entry of leaf \(leaf), which the finding rests on, cannot be opened here any more"
        case .rules(let reason): "the rules of this node cannot run: \(reason)"
        case .falsified(let what, let peer):
            "the \(what) that \(peer) sent does not have its hash, and was not kept"
        case .unasked(let what): "the \(what) answers another question than the one asked"
        case .outOfOrder(let height, let expected):
            "block \(height) was handed over where block \(expected) is next"
        }
    }
}
