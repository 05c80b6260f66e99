internal import Consensus
internal import Hosting
internal import Ledger
internal import Primitives

/// A node of the simulation: a real host and outbox over a simulated disk and clock.
struct SimulatedNode {
    let id: InstitutionID
    let isByzantine: Bool
    var disk = SimulatedDisk()
    private(set) var host: Host?
    /// Whether its process runs: every message asks, and to ask the host would copy it.
    private(set) var isUp = false
    /// The newest version of the protocol that its process speaks.
    var speaks = ProtocolVersion.newest
    var outbox: Outbox?
    /// What it finds; nil until it has read the ledger again after a start.
    var desk: SimulatedDesk?
    /// Counts restarts; what was meant for an earlier life does not arrive.
    var life = 0
    /// Blocks that are being written, each with the own stream's next number after it.
    var unwritten: [(block: CommittedBlock, nextNumber: UInt64)] = []
    /// The highest block that was ever made durable here.
    var durableHeight = 0
    /// The first height of which the process that runs has heard all that came here.
    var remembersFrom = Height.genesis
    /// A disk that was lost and not yet made up for.
    var isDisabled = false
    /// The disk is to be replaced: it is gone, or damaged where nobody has looked yet.
    var isDiskGone = false
    var isDiskBad = false
    var isClockWrong = false

    var clockOffset: Int64 = 0
    /// Parts per thousand that the clock and the timers run too fast.
    var clockDrift: Int64 = 0
    var pausedUntil: Int64 = 0
    var diskIsFull = false
    /// How the next durable step goes wrong.
    var nextStep: StepFault?

    /// What a submitter was promised, and what was handed in, by number.
    var acknowledged: [(number: UInt64, entry: [UInt8])] = []
    var handedIn: [UInt64: [UInt8]] = [:]

    /// A durable step that breaks: the process ends there.
    enum StepFault { case writeLost, writeKept, writeError }

    /// The last block that is on the disk or on its way there; a step that brought several may
    /// still have some to hand over.
    var taken: Height { Height(UInt64(disk.height + unwritten.count)) }

    mutating func begin(_ host: Host) {
        self.host = host
        isUp = true
    }

    mutating func end() {
        host = nil
        outbox = nil
        desk = nil
        isUp = false
    }

    // Asked in place: a host that is read through an optional is copied as a whole.

    /// Where the ledger stands in memory, and which height is voted on; nil where no process runs.
    mutating func standing() -> (head: Height, voted: Height)? { host?.standing() }

    /// The own stream's next number on the ledger; nil where no process runs.
    mutating func nextNumber() -> UInt64? { host?.ownNextNumber() }

    /// What the host wants first; nil where no process runs.
    mutating func start(now: Timestamp) -> [HostEffect]? { host?.start(now: now) }

    /// What the host makes of an input; nil where no process runs.
    mutating func step(_ input: HostInput, now: Timestamp) -> [HostEffect]? {
        host?.step(input, now: now)
    }

    func clock(at now: Int64) -> Timestamp {
        let drift = (now - SimulatedRegion.start.milliseconds) * clockDrift / 1_000
        return Timestamp(milliseconds: now + clockOffset + drift)
    }

    /// How long a wait is by the clock of the world.
    func wait(_ milliseconds: UInt64) -> Int64 {
        max(1, Int64(milliseconds) * 1_000 / (1_000 + clockDrift))
    }
}

extension Host {
    fileprivate mutating func standing() -> (head: Height, voted: Height) {
        (state.head.height, replica.height)
    }

    fileprivate mutating func ownNextNumber() -> UInt64? {
        state.nextNumber(of: identity, SimulatedRegion.stream)
    }
}
