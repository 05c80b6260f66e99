internal import Consensus
internal import Hosting

/// Saves waits for the disk where one step signs several things.
///
/// A proposer prevotes its own block in the very step that proposes it, and who hears late may
/// prevote and precommit at once. The later last-signed state forbids all that the earlier one
/// forbids, so that it alone is made durable, before anything of either leaves. Only where it would
/// not bring the log to the disk, and the earlier one would, each has its own wait.
enum EffectOrder {
    /// The effects with one persist for each stretch between two committed blocks, at the place of
    /// its first; the log's records move before it, all else stays as it is.
    static func sharingWaits(_ effects: [HostEffect]) -> [HostEffect] {
        var result: [HostEffect] = []
        var stretch: [HostEffect] = []
        for effect in effects {
            if effect.isBarrier {
                result += joined(stretch)
                stretch = []
                result.append(effect)
            } else {
                stretch.append(effect)
            }
        }
        return result + joined(stretch)
    }

    private static func joined(_ stretch: [HostEffect]) -> [HostEffect] {
        let persists = stretch.indices.filter { stretch[$0].isPersist }
        guard persists.count > 1, let first = persists.first, let last = persists.last,
            // A state that rests on no log cannot stand for a precommit, which leaves as well.
            stretch[last].restsOnLog || !persists.contains(where: { stretch[$0].restsOnLog })
        else { return stretch }
        let between = stretch[first..<last]
        return stretch[..<first] + between.filter(\.isRecord) + [stretch[last]]
            + between.filter { !$0.isRecord && !$0.isPersist } + stretch[(last + 1)...]
    }
}

extension HostEffect {
    /// Whether the ledger moves here, so that nothing may be moved across.
    fileprivate var isBarrier: Bool {
        switch self {
        case .commit, .adopt: true
        default: false
        }
    }

    fileprivate var isPersist: Bool {
        if case .persist = self { true } else { false }
    }

    fileprivate var restsOnLog: Bool {
        if case .persist(let state) = self { state.restsOnLog } else { false }
    }

    fileprivate var isRecord: Bool {
        if case .appendLog = self { true } else { false }
    }
}
