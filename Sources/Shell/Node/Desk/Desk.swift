public import Ledger
public import Primitives
public import Proofs
public import Records
public import Sealing
public import Supervision

/// What an institution does with its own payloads and with what the ledger says: the seam at which
/// Supervision is put into a node.
///
/// A node calls it from one thread of its own, apart from consensus, so it may take its time and
/// needs no locks. Whatever it says is durable, it has made durable before it returns.
public protocol Desk: AnyObject {
    /// The last height that ``committed(_:)`` took in, durably.
    var height: Height { get }

    /// The last height up to which the rules have seen all that is sealed to this institution.
    var rulesHeight: Height { get }

    /// Takes over who takes part and which rules are in force, at each height so far; called before
    /// the first block for which they hold.
    func follow(_ charters: CharterTimeline)

    /// Takes in further keys that payloads may be sealed to.
    func hold(_ sealKeys: [SealSecretKey])

    /// Seals submissions and keeps what it needs to open and deliver them: all of them or none.
    func prepare(_ submissions: [Submission]) throws -> [DraftEntry]

    /// Whether blocks are read for it; one that has no use for them is told heights alone
    /// (``begin(after:)``).
    var readsBlocks: Bool { get }

    /// Takes in the next block, and says what this institution has to say to it: findings.
    ///
    /// Blocks come in order, each at least once: a crash may bring the last one again. Where
    /// further ones wait already (`isLast` is false), the rules may be left behind.
    func committed(_ block: AnchoredBlock, isLast: Bool) throws -> [Submission]

    /// Whether the rules have not come as far as they can, since they are handed some at a time.
    var areRulesBehind: Bool { get }

    /// Hands some more to the rules, and says what this institution has to say to it.
    func goOn() throws -> [Submission]

    /// The desk goes on after this height, which is above its own: the ledger begins there on this
    /// node, or the blocks are not read for it.
    func begin(after height: Height) throws

    /// Answers another node: a delivery of payloads, a request for a pseudonym.
    ///
    /// The answer leaves when what stands first in the reply is synced in the outbox.
    func answer(_ request: [UInt8], from peer: InstitutionID) throws -> DeskReply

    /// What is to be asked of other nodes now; called after each block and now and then.
    ///
    /// For each peer at most one is under way at a time.
    func outgoing(to peer: InstitutionID) throws -> [UInt8]?

    /// What a peer answered to the last ``outgoing(to:)``.
    func answered(_ answer: [UInt8], by peer: InstitutionID) throws

    /// What is to be written down before the operator gets the answer to a query.
    func traces(ofAsking query: Query, _ purpose: AccessHeader.Purpose) -> [Submission]

    /// The job that an operator's request is, where it takes too long to be answered at once.
    func job(for request: [UInt8]) throws -> (any DeskJob)?

    /// Answers the operator: queries, findings, explanations; as ``answer(_:from:)`` otherwise.
    func control(_ request: [UInt8]) throws -> DeskReply
}

/// A desk that seals nothing and runs no rules has no use for either.
extension Desk {
    public var rulesHeight: Height { height }

    public var readsBlocks: Bool { true }

    public var areRulesBehind: Bool { false }

    public func goOn() throws -> [Submission] { [] }

    public func follow(_ charters: CharterTimeline) {}

    public func hold(_ sealKeys: [SealSecretKey]) {}

    public func job(for request: [UInt8]) throws -> (any DeskJob)? { nil }
}

/// An entry that waits for its number; stream and number in it are not yet its own.
public struct DraftEntry: Hashable, Sendable {
    public var entry: Entry
    /// Whether the source system handed it in before, under the same reference.
    public var isRepeated: Bool

    public init(_ entry: Entry, isRepeated: Bool = false) {
        self.entry = entry
        self.isRepeated = isRepeated
    }
}

/// A block that is on the disk, with its entries.
public struct AnchoredBlock: Sendable {
    public let header: BlockHeader
    /// The leaf index of the first entry.
    public let firstLeaf: UInt64
    /// The entries' bytes, in ledger order.
    public let entries: [ArraySlice<UInt8>]
    /// Those that have no effect.
    public let unfit: [UnfitEntry]

    public var height: Height { header.height }

    public init(
        header: BlockHeader, firstLeaf: UInt64, entries: [ArraySlice<UInt8>],
        unfit: [UnfitEntry] = []
    ) {
        self.header = header
        self.firstLeaf = firstLeaf
        self.entries = entries
        self.unfit = unfit
    }
}
