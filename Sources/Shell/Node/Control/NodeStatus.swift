public import Primitives
public import Records

/// Where a node stands, as it tells its operator.
public struct NodeStatus: Hashable, Sendable {
    public var institution: InstitutionID
    public var ledger: LedgerID
    /// The last block.
    public var height: Height
    public var hash: Digest
    public var time: Timestamp
    /// How many entries the ledger has.
    public var treeSize: UInt64
    /// The round of the height under way.
    public var round: UInt64
    /// Where consensus stands, and who is missing: why nothing is committed, if nothing is.
    public var standing: String
    /// The validators whose vote of the present round is not here.
    public var missing: [InstitutionID]
    public var isCatchingUp: Bool
    /// The peers that messages go through to, and those that are configured.
    public var connected: [InstitutionID]
    public var peers: [InstitutionID]
    /// What waits in the mempool.
    public var mempoolEntries: UInt64
    public var mempoolBytes: UInt64
    public var outboxes: [Outbox]
    /// How many convictions lie in the evidence log.
    public var convictions: UInt64
    /// The last height that the desk has taken in.
    public var deskHeight: Height
    /// How long the node has run, in seconds.
    public var uptimeSeconds: UInt64
    /// Where the height stands and what is missing, in sentences.
    public var why: [String] = []
    /// The lowest block whose entries are kept here.
    public var entriesFrom = Height(1)
    /// How many milliseconds this node's clock is ahead of the others' (less than 0: behind), by
    /// what they propose; nil before any has.
    public var clockOffset: Int64?
    /// The same by peer.
    public var clockOffsets: [PeerClock] = []
    /// For how many days the TLS certificate's dates last; nil where they cannot be told.
    public var certificateDays: Int64?
    /// The last height up to which the rules have seen all that is sealed to the institution.
    public var rulesHeight = Height.genesis
    /// The institutions of the ledger, by id.
    public var members: [Member] = []

    /// An institution as the ledger has it after the last block, and as this node reaches it.
    public struct Member: Hashable, Sendable {
        public var institution: InstitutionID
        /// How much its vote counts; 0 for one that submits or follows.
        public var power: UInt64
        /// The last height at which it was seen to follow, where it ever was.
        public var lastSeen: Height?
        /// Whether that was lately (``Ledger/Attendance``).
        public var isLive: Bool
        /// The version of the protocol that is spoken with it, where it is connected.
        public var speaks: ProtocolVersion?

        public init(
            institution: InstitutionID, power: UInt64, lastSeen: Height?, isLive: Bool,
            speaks: ProtocolVersion?
        ) {
            self.institution = institution
            self.power = power
            self.lastSeen = lastSeen
            self.isLive = isLive
            self.speaks = speaks
        }
    }

    /// How many milliseconds this node's clock is ahead of a peer's.
    public struct PeerClock: Hashable, Sendable {
        public var peer: InstitutionID
        public var milliseconds: Int64

        public init(peer: InstitutionID, milliseconds: Int64) {
            self.peer = peer
            self.milliseconds = milliseconds
        }
    }

    /// Where one of the institution's own streams stands.
    public struct Outbox: Hashable, Sendable {
        public var stream: StreamID
        /// The number that the next entry gets.
        public var nextNumber: UInt64
        /// How many entries are acknowledged and not yet anchored.
        public var waiting: UInt64

        public init(stream: StreamID, nextNumber: UInt64, waiting: UInt64) {
            self.stream = stream
            self.nextNumber = nextNumber
            self.waiting = waiting
        }
    }
}

extension NodeStatus {
    public var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: 1_024)
        writer.array(26)
        writer.unsigned(ControlRequest.version)
        writer.institution(institution)
        writer.digest(ledger.digest)
        writer.unsigned(height.blocks)
        writer.digest(hash)
        writer.integer(time.milliseconds)
        writer.unsigned(treeSize)
        writer.unsigned(round)
        writer.text(standing)
        writer.institutions(missing)
        writer.bool(isCatchingUp)
        writer.institutions(connected)
        writer.institutions(peers)
        writer.unsigned(mempoolEntries)
        writer.unsigned(mempoolBytes)
        writer.array(outboxes.count)
        for outbox in outboxes {
            writer.array(3)
            writer.unsigned(UInt64(outbox.stream.number))
            writer.unsigned(outbox.nextNumber)
            writer.unsigned(outbox.waiting)
        }
        writer.unsigned(convictions)
        writer.unsigned(deskHeight.blocks)
        writer.unsigned(uptimeSeconds)
        writer.array(why.count)
        for line in why { writer.text(line) }
        writer.unsigned(entriesFrom.blocks)
        writer.optional(clockOffset)
        writer.array(clockOffsets.count)
        for offset in clockOffsets {
            writer.array(2)
            writer.institution(offset.peer)
            writer.integer(offset.milliseconds)
        }
        writer.optional(certificateDays)
        writer.unsigned(rulesHeight.blocks)
        writer.array(members.count)
        for member in members {
            writer.array(5)
            writer.institution(member.institution)
            writer.unsigned(member.power)
            writer.optional((member.lastSeen?.blocks).map { Int64(clamping: $0) })
            writer.bool(member.isLive)
            writer.optional((member.speaks?.number).map { Int64(clamping: $0) })
        }
        return writer.bytes
    }

    public static func decode(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> NodeStatus {
        var reader = CBORReader(bytes)
        try reader.array(exactly: 26)
        _ = try reader.unsigned("version", atMost: ControlRequest.version)
        let status = NodeStatus(
            institution: try reader.institution(), ledger: LedgerID(try reader.digest()),
            height: Height(try reader.unsigned()), hash: try reader.digest(),
            time: Timestamp(milliseconds: try reader.integer()),
            treeSize: try reader.unsigned(), round: try reader.unsigned(),
            standing: try reader.text(), missing: try reader.institutions(),
            isCatchingUp: try reader.bool(), connected: try reader.institutions(),
            peers: try reader.institutions(), mempoolEntries: try reader.unsigned(),
            mempoolBytes: try reader.unsigned(), outboxes: try outboxes(from: &reader),
            convictions: try reader.unsigned(), deskHeight: Height(try reader.unsigned()),
            uptimeSeconds: try reader.unsigned(), why: try lines(from: &reader),
            entriesFrom: Height(try reader.unsigned()), clockOffset: try reader.optional(),
            clockOffsets: try offsets(from: &reader), certificateDays: try reader.optional(),
            rulesHeight: Height(try reader.unsigned()),
            members: try members(from: &reader))
        try reader.finish()
        return status
    }

    private static func lines(from reader: inout CBORReader) throws(CBORError) -> [String] {
        var lines: [String] = []
        for _ in 0..<(try reader.array(atMost: 64)) { lines.append(try reader.text()) }
        return lines
    }

    private static func offsets(
        from reader: inout CBORReader
    ) throws(CBORError) -> [PeerClock] {
        var offsets: [PeerClock] = []
        for _ in 0..<(try reader.array(atMost: 4_096)) {
            try reader.array(exactly: 2)
            offsets.append(
                PeerClock(
                    peer: try reader.institution(), milliseconds: try reader.integer()))
        }
        return offsets
    }

    private static func members(
        from reader: inout CBORReader
    ) throws(CBORError) -> [Member] {
        var members: [Member] = []
        for _ in 0..<(try reader.array(atMost: 4_096)) {
            try reader.array(exactly: 5)
            members.append(
                Member(
                    institution: try reader.institution(), power: try reader.unsigned(),
                    lastSeen: try reader.optional().map { Height(UInt64(clamping: $0)) },
                    isLive: try reader.bool(),
                    speaks: try reader.optional().map { ProtocolVersion(UInt64(clamping: $0)) }))
        }
        return members
    }

    private static func outboxes(
        from reader: inout CBORReader
    ) throws(CBORError) -> [Outbox] {
        var outboxes: [Outbox] = []
        for _ in 0..<(try reader.array(atMost: 65_536)) {
            try reader.array(exactly: 3)
            outboxes.append(
                Outbox(
                    stream: try reader.stream(), nextNumber: try reader.unsigned(),
                    waiting: try reader.unsigned()))
        }
        return outboxes
    }
}

extension CBORWriter {
    fileprivate mutating func optional(_ value: Int64?) {
        if let value { integer(value) } else { null() }
    }

    mutating func institutions(_ ids: [InstitutionID]) {
        array(ids.count)
        for id in ids { institution(id) }
    }
}

extension CBORReader {
    fileprivate mutating func optional() throws(CBORError) -> Int64? {
        try isNull() ? nil : try integer()
    }

    mutating func institutions() throws(CBORError) -> [InstitutionID] {
        var ids: [InstitutionID] = []
        for _ in 0..<(try array(atMost: 4_096)) { ids.append(try institution()) }
        return ids
    }
}
