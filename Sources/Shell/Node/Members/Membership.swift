internal import Ledger
internal import Primitives
internal import Synchronization
internal import Transport

/// Who takes part in the ledger, as the last block has it, for everything on a node that is not
/// consensus itself: who may connect and with which key, who is dialled, who signed what.
///
/// The node's loop puts in what the ledger says after each block that changes it; any thread asks.
final class Membership: Sendable {
    private struct State {
        var timeline: CharterTimeline
        var peers: [Peer]
        /// Pins that the operator has for peers.
        var configured: [InstitutionID: Digest]
    }

    let institution: InstitutionID
    /// Whose TLS key is whose, for the network.
    let book: PeerBook
    private let state: Mutex<State>

    init(_ setup: NodeSetup) {
        institution = setup.institution
        let state = State(
            timeline: CharterTimeline(setup.genesis), peers: setup.peers,
            configured: setup.pins)
        book = PeerBook()
        book.replace(with: Membership.pins(state))
        self.state = Mutex(state)
    }

    var timeline: CharterTimeline { state.withLock { $0.timeline } }

    /// This institution as the ledger has it.
    var member: Institution? { timeline.current.institution(institution) }

    /// The addresses that are dialled.
    var peers: [Peer] { state.withLock { $0.peers } }

    /// Takes over what the ledger says; the network is to look at its connections again.
    func follow(_ timeline: CharterTimeline) {
        update { $0.timeline = timeline }
    }

    /// Takes over what the operator says of peers.
    func dial(_ peers: [Peer], pins: [InstitutionID: Digest]) {
        update { state in
            state.peers = peers
            state.configured = pins
        }
    }

    private func update(_ change: (inout State) -> Void) {
        state.withLock { state in
            change(&state)
            book.replace(with: Membership.pins(state))
        }
    }

    /// The ledger's pins, and the operator's for whom the ledger has none so far.
    ///
    /// A node that is behind may not know a key that its peers show by now, so the operator's
    /// counts beside the ledger's until the ledger has changed it: from then on the ledger's does.
    private static func pins(
        _ state: State
    ) -> [(institution: InstitutionID, pin: Digest)] {
        var pins: [(InstitutionID, Digest)] = state.timeline.current.institutions.compactMap {
            institution in institution.tlsPin.map { (institution.id, $0) }
        }
        for (id, pin) in state.configured where !hasChanged(id, state.timeline) {
            pins.append((id, pin))
        }
        return pins
    }

    /// Whether the ledger, after its genesis, gave the institution another key or took it out.
    private static func hasChanged(_ id: InstitutionID, _ timeline: CharterTimeline) -> Bool {
        let known = timeline.stretches.map { $0.charter.institution(id) }
        guard let first = known.firstIndex(where: { $0 != nil }) else { return false }
        return known[first...].contains { $0 == nil || $0?.tlsPin != known[first]?.tlsPin }
    }
}
