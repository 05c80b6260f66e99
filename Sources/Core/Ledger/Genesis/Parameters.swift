public import Primitives

/// What the institutions agreed on once for all nodes; ledger state.
public struct Parameters: Hashable, Sendable {
    public var timeoutProposeMilliseconds: UInt64
    /// For prevotes and precommits.
    public var timeoutVoteMilliseconds: UInt64
    /// What each further round adds to both timeouts.
    public var timeoutGrowthMilliseconds: UInt64
    public var timeoutCapMilliseconds: UInt64
    /// How far apart two honest clocks may be (proposer-based timestamps).
    public var clockPrecisionMilliseconds: UInt64
    /// How long a message may travel (proposer-based timestamps).
    public var messageDelayMilliseconds: UInt64
    /// The most entries in a block.
    public var blockEntryCountMax: UInt64
    /// The most bytes of entries in a block.
    public var blockByteCountMax: UInt64
    /// An empty block is proposed after this much silence.
    public var heartbeatMilliseconds: UInt64
    /// The most heights that a batch may be valid for.
    public var batchHeightsMax: UInt64
    /// Whether the state map and the index are kept; false only for measurements.
    public var isIndexKept: Bool
    /// After how many days patients go by other pseudonyms; 0 where they never do.
    ///
    /// Fixed by the genesis: a pseudonym of an epoch must mean one span of days for ever.
    public var epochDays: UInt64
    /// How many days whoever is given notice of a case has for an appeal, at least; 0 where the
    /// ledger knows no appeals.
    ///
    /// Set only once every node knows them: those that do not cannot read an appeal.
    public var appealDays: UInt64
    /// By which rules entries are taken; voted in when every node knows them.
    ///
    /// By 1 an entry that has become unfit keeps its batch off, by 2 it stands without effect
    /// (``Unfitness``).
    public var entryRules: UInt64
    /// Whether notices are listed by the rules whose findings they open (``Term/rule(_:)``).
    ///
    /// Fixed by the genesis: a list that began later would not be complete, and nothing in an
    /// answer would show it.
    public var listsRules: Bool

    /// The newest rules for entries that this version knows.
    public static let newestEntryRules: UInt64 = 2

    public init(
        timeoutProposeMilliseconds: UInt64, timeoutVoteMilliseconds: UInt64,
        timeoutGrowthMilliseconds: UInt64, timeoutCapMilliseconds: UInt64,
        clockPrecisionMilliseconds: UInt64, messageDelayMilliseconds: UInt64,
        blockEntryCountMax: UInt64, blockByteCountMax: UInt64, heartbeatMilliseconds: UInt64,
        batchHeightsMax: UInt64, isIndexKept: Bool, epochDays: UInt64 = 0,
        appealDays: UInt64 = 0, entryRules: UInt64 = 1,
        listsRules: Bool = false
    ) {
        self.timeoutProposeMilliseconds = timeoutProposeMilliseconds
        self.timeoutVoteMilliseconds = timeoutVoteMilliseconds
        self.timeoutGrowthMilliseconds = timeoutGrowthMilliseconds
        self.timeoutCapMilliseconds = timeoutCapMilliseconds
        self.clockPrecisionMilliseconds = clockPrecisionMilliseconds
        self.messageDelayMilliseconds = messageDelayMilliseconds
        self.blockEntryCountMax = blockEntryCountMax
        self.blockByteCountMax = blockByteCountMax
        self.heartbeatMilliseconds = heartbeatMilliseconds
        self.batchHeightsMax = batchHeightsMax
        self.isIndexKept = isIndexKept
        self.epochDays = epochDays
        self.appealDays = appealDays
        self.entryRules = entryRules
        self.listsRules = listsRules
    }

    /// What a network of a few nodes in one region starts with.
    public static let standard = Parameters(
        timeoutProposeMilliseconds: 1_000, timeoutVoteMilliseconds: 500,
        timeoutGrowthMilliseconds: 250, timeoutCapMilliseconds: 10_000,
        clockPrecisionMilliseconds: 500, messageDelayMilliseconds: 1_000,
        blockEntryCountMax: 8_192, blockByteCountMax: 4 << 20, heartbeatMilliseconds: 5_000,
        batchHeightsMax: 1_000, isIndexKept: true)

    /// The greatest value of any number among them: 2^53 − 1.
    public static let valueMax: UInt64 = (1 << 53) - 1
}

extension Parameters {
    private var numbers: [UInt64] {
        [
            timeoutProposeMilliseconds, timeoutVoteMilliseconds, timeoutGrowthMilliseconds,
            timeoutCapMilliseconds, clockPrecisionMilliseconds, messageDelayMilliseconds,
            blockEntryCountMax, blockByteCountMax, heartbeatMilliseconds, batchHeightsMax,
        ]
    }

    /// Those that are written only where they are not what they always were, by key.
    private var optional: [(key: UInt64, value: UInt64)] {
        [(UInt64(11), epochDays), (12, appealDays)].filter { $0.1 != 0 }
            + [(UInt64(13), entryRules)].filter { $0.1 != 1 }
            + (listsRules ? [(14, 1)] : [])
    }

    /// Appends the parameters, as `docs/formats/genesis.md` has them.
    public func encode(into writer: inout CBORWriter) {
        writer.map(11 + optional.count)
        for (key, number) in numbers.enumerated() {
            writer.unsigned(UInt64(key))
            writer.unsigned(number)
        }
        writer.unsigned(10)
        writer.bool(isIndexKept)
        for (key, value) in optional {
            writer.unsigned(key)
            writer.unsigned(value)
        }
    }

    /// The parameters' bytes: their value in the state map.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 80)
        encode(into: &writer)
        return writer.bytes
    }

    /// Reads the parameters where they stand in a larger item.
    public init(from reader: inout CBORReader) throws(CBORError) {
        let start = reader.offset
        let fields = try reader.map(atMost: 15)
        guard fields >= 11 else {
            throw .outOfRange(offset: start, what: "count of parameters", limit: 15)
        }
        var numbers: [UInt64] = []
        for key in 0..<10 as Range<UInt64> {
            try reader.key(key)
            numbers.append(
                try reader.unsigned("parameter \(key)", atMost: Parameters.valueMax))
        }
        try reader.key(10)
        let isIndexKept = try reader.bool()
        // Each of these is absent where it is what it always was.
        var values: [UInt64: UInt64] = [:]
        var last: UInt64 = 10
        for _ in 11..<fields {
            let start = reader.offset
            let key = try reader.unsigned("parameter", atMost: 14)
            guard key > last else { throw .keyOutOfOrder(offset: start) }
            last = key
            let value = try reader.unsigned(
                "parameter \(key)", atMost: key == 14 ? 1 : Parameters.valueMax)
            guard value != (key == 13 ? 1 : 0) else {
                throw .unexpected(
                    offset: start, expected: "another value, or no field \(key)",
                    found: "\(value)")
            }
            values[key] = value
        }
        self.init(
            timeoutProposeMilliseconds: numbers[0], timeoutVoteMilliseconds: numbers[1],
            timeoutGrowthMilliseconds: numbers[2], timeoutCapMilliseconds: numbers[3],
            clockPrecisionMilliseconds: numbers[4], messageDelayMilliseconds: numbers[5],
            blockEntryCountMax: numbers[6], blockByteCountMax: numbers[7],
            heartbeatMilliseconds: numbers[8], batchHeightsMax: numbers[9],
            isIndexKept: isIndexKept, epochDays: values[11] ?? 0, appealDays: values[12] ?? 0,
            entryRules: values[13] ?? 1, listsRules: values[14] == 1)
    }

    /// The longest least term for appeals, in days.
    public static let appealDaysMax: UInt64 = 3_650

    /// The earliest last day for an appeal that a notice of this moment may name; nil where the
    /// ledger sets no term.
    public func earliestAnswer(noticedAt time: Timestamp) -> Day? {
        appealDays == 0 ? nil : Day(number: time.day.number + Int32(clamping: appealDays))
    }
}
