internal import Consensus
internal import Primitives

/// How much a replica says to each peer that asks, from one status interval to the next.
///
/// Questions are short and answers long: a peer that asks in a loop must not have this replica do
/// nothing but answer. Whoever is honest stays far below, and asks again at the next interval.
struct AnswerBudget: Sendable {
    /// What a peer may have in one interval, in bytes: as much as may wait for it to be sent.
    static let byteCountMax = 32 << 20
    /// What each answer costs beside its bytes, and each question.
    static let messageByteCount = 4 << 10

    private var spent: [InstitutionID: Int] = [:]
    /// Peers that have asked for too much, and the operator knows.
    private var told: Set<InstitutionID> = []

    enum Outcome { case granted, refused, refusedFirst }

    /// Takes what an answer of so many bytes costs out of a peer's budget, if there is so much.
    mutating func take(_ byteCount: Int, for peer: InstitutionID) -> Outcome {
        let before = spent[peer] ?? 0
        guard before < AnswerBudget.byteCountMax else {
            return told.insert(peer).inserted ? .refusedFirst : .refused
        }
        spent[peer] = before + byteCount
        return .granted
    }

    /// A new interval begins.
    mutating func renew() {
        spent.removeAll(keepingCapacity: true)
    }

    mutating func forget(_ peer: InstitutionID) {
        told.remove(peer)
    }
}

extension Host {
    /// Whether a peer's question is to be looked at: not where it asks in a loop.
    mutating func mayAsk(_ peer: InstitutionID, byteCount: Int = 0) -> Bool {
        spend(AnswerBudget.messageByteCount + byteCount, on: peer)
    }

    /// Answers a peer, where it has not had too much already; says whether it did.
    @discardableResult
    mutating func answer(
        _ peer: InstitutionID, _ message: PeerMessage, byteCount: Int
    ) -> Bool {
        guard spend(AnswerBudget.messageByteCount + byteCount, on: peer) else { return false }
        effects.append(.send(message, to: peer))
        return true
    }

    private mutating func spend(_ byteCount: Int, on peer: InstitutionID) -> Bool {
        switch answers.take(byteCount, for: peer) {
        case .granted: return true
        case .refused: return false
        case .refusedFirst:
            effects.append(
                .report(
                    "\(peer) asks for more than \(AnswerBudget.byteCountMax >> 20) MiB in "
                        + "\(Host.statusMilliseconds) ms; the rest is not answered"))
            return false
        }
    }
}

extension Message {
    /// About how long it is, in bytes.
    var byteCount: Int {
        switch self {
        case .proposal(let proposal): proposal.block.count + 256
        case .vote: 256
        }
    }
}
