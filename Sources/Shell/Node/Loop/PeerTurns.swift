internal import Primitives
internal import Transport

/// Lets no peer hold up the others: who sends more than its share waits for its next turn.
///
/// Votes and bodies of all peers come through one inbox. A peer that floods it would have every
/// vote of the others wait until all of its own was looked at. So where more came at once than an
/// honest network sends, each peer gets so many bytes looked at, and the rest waits while the inbox
/// is asked again. What comes from one peer keeps its order, and below that everything does.
struct PeerTurns {
    /// What may come at once before anybody is made to wait, in bytes.
    static let byteCountMax = 4 << 20
    /// What of a peer is looked at in one turn, in bytes; one message at least.
    static let turnByteCount = 128 << 10
    /// What each message counts for beside its bytes.
    static let messageByteCount = 512

    private var waiting: [InstitutionID: ArraySlice<LoopInput>] = [:]
    /// Those of whom something waits, in the order of their turns.
    private var turns: [InstitutionID] = []

    var isEmpty: Bool { turns.isEmpty }

    /// What is to be taken now, of what has come and what still waits.
    mutating func turn(_ inputs: [LoopInput]) -> [LoopInput] {
        guard !turns.isEmpty || PeerTurns.cost(of: inputs) > PeerTurns.byteCountMax else {
            return inputs
        }
        var taken: [LoopInput] = []
        for input in inputs {
            guard let (peer, _) = input.sender else {
                taken.append(input)
                continue
            }
            if waiting[peer] == nil { turns.append(peer) }
            waiting[peer, default: []].append(input)
        }
        for peer in turns {
            var room = PeerTurns.turnByteCount
            while room > 0, let input = waiting[peer]?.popFirst() {
                room -= PeerTurns.cost(of: input)
                taken.append(input)
            }
            if waiting[peer]?.isEmpty == true { waiting[peer] = nil }
        }
        turns.removeAll { waiting[$0] == nil }
        return taken
    }

    private static func cost(of inputs: [LoopInput]) -> Int {
        inputs.reduce(0) { $0 + cost(of: $1) }
    }

    private static func cost(of input: LoopInput) -> Int {
        guard let (_, byteCount) = input.sender else { return 0 }
        return byteCount + messageByteCount
    }
}

extension LoopInput {
    /// Which peer sent it, and how many bytes; nil for what is no peer's message.
    fileprivate var sender: (peer: InstitutionID, byteCount: Int)? {
        switch self {
        case .received(_, let peer, let message): (peer, message.body.count)
        case .malformed(let peer, _, let message): (peer, message.body.count)
        case .unknown(_, let peer, let message): (peer, message.body.count)
        default: nil
        }
    }

    /// Whether the peer that sent it was dropped since.
    var isRevoked: Bool {
        switch self {
        case .received(_, _, let message), .malformed(_, _, let message),
            .unknown(_, _, let message):
            message.isRevoked
        default: false
        }
    }
}
