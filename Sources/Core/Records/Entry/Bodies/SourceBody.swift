public import Primitives

/// What a source system's own audit log held on one day, or that it was down.
public struct SourceBody: Hashable, Sendable {
    /// The source system's name, 1 to 64 bytes.
    public let system: String
    public let day: Day
    /// The first and last number of the source's log on that day, and how many there were.
    public let firstNumber: UInt64
    public let lastNumber: UInt64
    public let count: UInt64
    /// The root of the source's own log, where it has one.
    public let logRoot: Digest?
    public let outage: Outage?

    public init(
        system: String, day: Day, firstNumber: UInt64, lastNumber: UInt64, count: UInt64,
        logRoot: Digest? = nil, outage: Outage? = nil
    ) {
        self.system = system
        self.day = day
        self.firstNumber = firstNumber
        self.lastNumber = lastNumber
        self.count = count
        self.logRoot = logRoot
        self.outage = outage
    }

    /// A stretch of time in which the source says that it was down.
    public struct Outage: Hashable, Sendable {
        public let from: Timestamp
        public let to: Timestamp

        public init(from: Timestamp, to: Timestamp) {
            self.from = from
            self.to = to
        }
    }

    /// The longest name of a source system, in bytes.
    public static let systemByteCountMax = 64

    var isConsistent: Bool {
        let ordered = count == 0 || firstNumber <= lastNumber
        guard let outage else { return ordered }
        return ordered && outage.from <= outage.to
    }
}

extension SourceBody {
    init(from reader: inout CBORReader) throws(CBORError) {
        let start = reader.offset
        let pairs = try reader.map(atMost: 7)
        guard pairs >= 5 else { throw .key(offset: start, key: UInt64(pairs), problem: .missing) }
        try reader.key(0)
        let system = try reader.nonEmptyText(atMost: SourceBody.systemByteCountMax)
        try reader.key(1)
        let day = try reader.day()
        try reader.key(2)
        let firstNumber = try reader.unsigned()
        try reader.key(3)
        let lastNumber = try reader.unsigned()
        try reader.key(4)
        let count = try reader.unsigned()
        var logRoot: Digest?
        var outage: Outage?
        var previous: UInt64 = 4
        for _ in 5..<pairs {
            let start = reader.offset
            let key = try reader.unsigned()
            guard key > previous else { throw .keyOutOfOrder(offset: start) }
            previous = key
            switch key {
            case 5: logRoot = try reader.digest()
            case 6:
                try reader.array(exactly: 2)
                outage = Outage(
                    from: Timestamp(milliseconds: try reader.integer()),
                    to: Timestamp(milliseconds: try reader.integer()))
            default: throw .key(offset: start, key: key, problem: .unknown)
            }
        }
        self.init(
            system: system, day: day, firstNumber: firstNumber, lastNumber: lastNumber,
            count: count, logRoot: logRoot, outage: outage)
    }

    func encode(into writer: inout CBORWriter) {
        writer.map(5 + (logRoot == nil ? 0 : 1) + (outage == nil ? 0 : 1))
        writer.unsigned(0)
        writer.text(system)
        writer.unsigned(1)
        writer.integer(Int64(day.number))
        writer.unsigned(2)
        writer.unsigned(firstNumber)
        writer.unsigned(3)
        writer.unsigned(lastNumber)
        writer.unsigned(4)
        writer.unsigned(count)
        if let logRoot {
            writer.unsigned(5)
            writer.digest(logRoot)
        }
        if let outage {
            writer.unsigned(6)
            writer.array(2)
            writer.integer(outage.from.milliseconds)
            writer.integer(outage.to.milliseconds)
        }
    }
}
