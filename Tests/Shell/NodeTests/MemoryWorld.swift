internal import Consensus
internal import Hosting
internal import Ledger
internal import Logging
internal import Primitives
internal import Records
internal import Storage
internal import Synchronization
internal import TestSupport
internal import Testing
internal import Transport

@testable import Node

/// A node's way to the others in a world without sockets; it can die between two messages.
final class Wire: Link {
    struct Sent: Sendable {
        let to: InstitutionID
        let bytes: [UInt8]
    }

    private struct State {
        var sent: [Sent] = []
        var sendsLeft: Int?
        var isDead = false
        var writeCount: UInt64 = 0
    }

    private let others: [InstitutionID]
    /// How often the node has written what it signed last.
    private let writeCount: @Sendable () -> UInt64
    private let state = Mutex(State())

    /// A wire that carries `sendsLeft` messages and then nothing; nil for one that lasts.
    init(
        to others: [InstitutionID], sendsLeft: Int? = nil,
        writeCount: @escaping @Sendable () -> UInt64 = { 0 }
    ) {
        self.others = others
        self.writeCount = writeCount
        state.withLock {
            $0.sendsLeft = sendsLeft
            $0.writeCount = writeCount()
        }
    }

    var isDead: Bool { state.withLock { $0.isDead } }

    /// Whether nothing has left since the node wrote what it signed last.
    var isSilentSinceWrite: Bool { state.withLock { $0.writeCount < writeCount() } }

    func takeSent() -> [Sent] {
        state.withLock { state in
            defer { state.sent = [] }
            return state.sent
        }
    }

    func send(_ message: [UInt8], to peer: InstitutionID, _ urgency: Urgency) -> Bool {
        state.withLock { state in
            if let left = state.sendsLeft {
                if left == 0 { state.isDead = true }
                state.sendsLeft = max(0, left - 1)
            }
            guard !state.isDead else { return false }
            state.sent.append(Sent(to: peer, bytes: message))
            state.writeCount = writeCount()
            return true
        }
    }

    func broadcast(_ message: [UInt8], _ urgency: Urgency) {
        for other in others { _ = send(message, to: other, urgency) }
    }

    func flush() {}

    func request(
        _ body: [UInt8], of peer: InstitutionID, seconds: Int,
        answer: @escaping @Sendable (Result<ArraySlice<UInt8>, TransportError>) -> Void
    ) {
        answer(.failure(.notConnected(peer)))
    }
}

/// The time of a world, in nanoseconds since its beginning.
final class WorldClock: Sendable {
    let nanoseconds = Mutex<UInt64>(0)
}

/// Four machines with real disks, driven by hand in one thread: messages first, then timers.
final class MemoryWorld {
    let network: TestNetwork
    /// Jumps to the next timer when nothing is in flight.
    private let clock = WorldClock()
    private var machines: [NodeMachine?] = []
    private var wires: [Wire] = []
    /// Whether blocks get to the disk only when a vote waits for them.
    var holdsBlocks = false
    /// Takes what nodes log; nobody does where there is none.
    var lines: LogRecorder.Lines?
    /// Nodes that begin with a snapshot of the others.
    var joinsBySnapshot: Set<Int> = []
    /// How far apart the trail rows of all nodes lie.
    var trailPace = TrailPace.standard
    /// Nodes that speak the first version of the protocol alone, and hang up on what is newer.
    var older: Set<Int> = []
    /// What such a node hung up on.
    private(set) var hangups: [String] = []
    private var inFlight: [(from: Int, message: Wire.Sent)] = []
    /// How much all nodes have sent so far.
    private(set) var sent = (messages: 0, bytes: 0)
    /// The last entry that was acknowledged.
    private(set) var lastSubmitted: UInt64 = 0
    /// All votes that a node ever sent, by height, round and kind.
    private(set) var votes: [Int: [String: Set<[UInt8]>]] = [:]

    init(_ network: TestNetwork? = nil) throws {
        self.network = try network ?? TestNetwork()
        let network = self.network
        for index in network.ids.indices {
            try Node.create(network.configuration(index))
            machines.append(nil)
            wires.append(Wire(to: []))
        }
    }

    func machine(_ index: Int) throws -> NodeMachine { try machines[index].orThrow() }

    /// Opens a node's directory and begins, as a process would.
    func start(_ index: Int, sendsLeft: Int? = nil) throws {
        let others = network.ids.filter { $0 != network.ids[index] }
        let data = network.data(index)
        let wire = Wire(to: others, sendsLeft: sendsLeft) {
            (try? PowerCut.writeCount(data)) ?? 0
        }
        wires[index] = wire
        var configuration = network.configuration(index)
        configuration.joinsBySnapshot = joinsBySnapshot.contains(index)
        var setup = try NodeSetup(configuration)
        setup.trailPace = trailPace
        var logger = Logger(label: "world \(index)")
        logger.logLevel = .critical
        if let lines {
            logger = Logger(label: "world \(index)") { _ in LogRecorder(lines: lines) }
        }
        let machine = try NodeMachine(
            setup: setup, membership: Membership(setup), parts: try Node.open(setup),
            inbox: Inbox(), link: wire, dropPeer: { _ in }, connectedPeers: { [] }, logger: logger,
            observer: { _ in },
            headMoved: { _ in }, history: { _, _, _ in }, readStored: { _, _ in })
        machines[index] = machine
        if holdsBlocks { machine.writer.hold() }
        machine.uptime = { [clock] in clock.nanoseconds.withLock { $0 } }
        try machine.begin()
        for other in network.ids.indices where other != index {
            let version = min(speaks(index), speaks(other))
            try machine.step(.connected(network.ids[other], speaks: version))
            try machines[other]?.step(.connected(network.ids[index], speaks: version))
            collect(other)
        }
        collect(index)
    }

    private func speaks(_ index: Int) -> ProtocolVersion {
        older.contains(index) ? .first : .newest
    }

    /// Where all that run stand, for a test that fails.
    var standing: String {
        machines.compactMap { $0?.host.replica.why().description }.joined(separator: "\n")
    }

    /// Drops a node as a kill would: nothing is flushed, nothing is said.
    func kill(_ index: Int) {
        machines[index] = nil
    }

    /// Drops a node as a power cut would: what no sync had returned for is gone from its logs.
    func cutPower(_ index: Int) throws {
        kill(index)
        try PowerCut.strike(network.data(index))
    }

    /// The same, with a part of that spared, and perhaps in the middle of a write whose end
    /// whatever left would have waited for.
    func cutPower(_ index: Int, sparing random: inout SplitMix) throws {
        kill(index)
        try PowerCut.strike(network.data(index), sparing: &random)
        if wires[index].isSilentSinceWrite, random.chance(50) {
            try PowerCut.tearLastSigned(network.data(index))
        }
    }

    func isDead(_ index: Int) -> Bool { wires[index].isDead }

    /// Hands an entry in at a node; returns once it is acknowledged.
    func submit(
        _ number: UInt64, at index: Int, body: EntryBody? = nil, of patient: OpaqueID? = nil
    ) throws {
        try submit(number...number, at: index, body: body, of: patient)
    }

    /// Hands entries in together, which go into one batch where they find room.
    func submit(
        _ numbers: ClosedRange<UInt64>, at index: Int, body: EntryBody? = nil,
        of patient: OpaqueID? = nil
    ) throws {
        let drafts = numbers.map { number in
            let link = TestNetwork.link(
                issuer: network.ids[index], number: number, of: patient)
            return DraftEntry(
                body.flatMap {
                    Entry.anchoring(
                        $0, issuer: link.issuer, stream: link.stream, number: number,
                        at: link.eventTime)
                } ?? link)
        }
        let machine = try machine(index)
        try machine.number(drafts, StreamID(0), drafts.map { _ in nil })
        try machine.syncOutboxes()
        lastSubmitted = numbers.upperBound
        collect(index)
    }

    /// Goes on until the condition holds; false where it does not within so many steps.
    func run(stepCountMax: Int = 20_000, until isDone: () throws -> Bool) throws -> Bool {
        for _ in 0..<stepCountMax {
            if try isDone() { return true }
            if inFlight.isEmpty {
                try fireNextTimer()
            } else {
                try deliver()
            }
        }
        return false
    }

    /// Goes on until these nodes have node 0's entry with this number on their disks.
    func settle(_ number: UInt64, at nodes: some Sequence<Int>) throws {
        let isThere = try run {
            try nodes.allSatisfy { index in
                let machine = try machine(index)
                return machine.unwritten.isEmpty
                    && machine.host.state.nextNumber(of: network.ids[0], StreamID(0))
                        == number + 1
            }
        }
        try #require(isThere, "\(standing)")
    }

    private func deliver() throws {
        let (from, message) = inFlight.removeFirst()
        guard let to = network.ids.firstIndex(of: message.to), let machine = machines[to],
            !wires[to].isDead
        else { return }
        do {
            let read = try PeerMessage.decode(message.bytes[...], speaking: speaks(to))
            try machine.step(.received(read, from: network.ids[from]))
        } catch let fault as PeerMessageFault {
            hangups.append("\(network.ids[to]) on \(network.ids[from]): \(fault)")
        }
        try machine.syncOutboxes()
        collect(to)
    }

    private func fireNextTimer() throws {
        let waiting = machines.indices.compactMap { index -> (deadline: UInt64, index: Int)? in
            guard !wires[index].isDead, let next = machines[index]?.timers.nextDeadline else {
                return nil
            }
            return (next, index)
        }
        guard let next = waiting.min(by: { $0.deadline < $1.deadline }) else { return }
        let machine = try machine(next.index)
        clock.nanoseconds.withLock { $0 = max($0, next.deadline) }
        if let timer = machine.timers.popDue(at: .max) { try machine.fire(timer) }
        try machine.syncOutboxes()
        collect(next.index)
    }

    private func collect(_ index: Int) {
        for sent in wires[index].takeSent() {
            inFlight.append((index, sent))
            self.sent = (self.sent.messages + 1, self.sent.bytes + sent.bytes.count)
            guard case .vote(let vote) = try? PeerMessage.decode(sent.bytes[...]),
                vote.claimed.voter == network.ids[index]
            else { continue }
            let claim = vote.claimed
            votes[index, default: [:]][
                "\(claim.height)/\(claim.round)/\(claim.kind)", default: []
            ].insert(claim.encoded)
        }
    }
}
