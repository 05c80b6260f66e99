public import Ledger
public import Primitives
public import Proofs
public import Records
public import Sealing
public import Supervision

/// The desk of a node that seals, delivers and supervises: a `Supervisor` behind the seam.
public final class SupervisionDesk: Desk {
    private let supervisor: Supervisor

    public init(_ settings: SupervisorSettings) throws(SupervisionError) {
        supervisor = try Supervisor(settings)
    }

    public var height: Height { supervisor.height }

    public var rulesHeight: Height { supervisor.rulesHeight }

    public func follow(_ charters: CharterTimeline) { supervisor.follow(charters) }

    public func hold(_ sealKeys: [SealSecretKey]) { supervisor.hold(sealKeys) }

    public func prepare(_ submissions: [Submission]) throws -> [DraftEntry] {
        try supervisor.prepare(submissions).map { prepared in
            DraftEntry(prepared.numbered(StreamID(0), 1), isRepeated: prepared.isRepeated)
        }
    }

    public func committed(_ block: AnchoredBlock, isLast: Bool) throws -> [Submission] {
        try supervisor.committed(
            Supervision.CommittedBlock(
                header: block.header, firstLeaf: block.firstLeaf, entries: block.entries,
                unfit: block.unfit), isLast: isLast)
    }

    public var areRulesBehind: Bool { supervisor.areRulesBehind }

    public func goOn() throws -> [Submission] { try supervisor.goOn() }

    public func begin(after height: Height) throws {
        throw NodeError.halted(
            reason: "supervision needs the blocks from the first one on, and the ledger of this "
                + "node begins after block \(height); fetch it anew without joinsBySnapshot")
    }

    public func answer(_ request: [UInt8], from peer: InstitutionID) throws -> DeskReply {
        try supervisor.answer(request, from: peer, at: SystemClock.now)
    }

    public func outgoing(to peer: InstitutionID) throws -> [UInt8]? {
        try supervisor.outgoing(to: peer, at: SystemClock.now)
    }

    public func answered(_ answer: [UInt8], by peer: InstitutionID) throws {
        try supervisor.answered(answer, by: peer, at: SystemClock.now)
    }

    public func traces(
        ofAsking query: Query, _ purpose: AccessHeader.Purpose
    ) -> [Submission] {
        supervisor.traces(ofAsking: query, purpose, at: SystemClock.now)
    }

    public func job(for request: [UInt8]) throws -> (any DeskJob)? {
        try supervisor.job(for: request)
    }

    public func control(_ request: [UInt8]) throws -> DeskReply {
        try supervisor.control(request, at: SystemClock.now)
    }
}
