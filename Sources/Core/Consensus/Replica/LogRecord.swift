public import Primitives

/// An input that changed a replica, as its log keeps it until the height is decided.
///
/// Fed again in order, the records of a height lead to the same round, votes and blocks. Bytes:
/// `docs/formats/log.md`.
public enum LogRecord: Hashable, Sendable {
    case workArrived(Height)
    case proposed(Proposal, blockTime: Timestamp, isTimely: Bool)
    case voted(Vote)
    case timedOut(Timer)
    case valueChecked(height: Height, block: BlockID, isValid: Bool)

    public var height: Height {
        switch self {
        case .workArrived(let height): height
        case .proposed(let proposal, _, _): proposal.height
        case .voted(let vote): vote.height
        case .timedOut(let timer): timer.height
        case .valueChecked(let height, _, _): height
        }
    }
}

extension LogRecord {
    public var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: 256)
        switch self {
        case .workArrived(let height):
            open(&writer, kind: 1, fields: 1)
            writer.height(height)
        case .proposed(let proposal, let time, let isTimely):
            open(&writer, kind: 2, fields: 3)
            proposal.write(to: &writer)
            writer.integer(time.milliseconds)
            writer.bool(isTimely)
        case .voted(let vote):
            open(&writer, kind: 3, fields: 1)
            vote.write(to: &writer)
        case .timedOut(let timer):
            open(&writer, kind: 4, fields: 3)
            writer.height(timer.height)
            writer.round(timer.round)
            writer.unsigned(UInt64(timer.step.rawValue))
        case .valueChecked(let height, let block, let isValid):
            open(&writer, kind: 5, fields: 3)
            writer.height(height)
            block.write(to: &writer)
            writer.bool(isValid)
        }
        return writer.bytes
    }

    /// Reads exactly one record.
    public static func decode(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> LogRecord {
        var reader = CBORReader(bytes)
        let fields = try reader.array(atMost: 5)
        try reader.version()
        let start = reader.offset
        let record: LogRecord
        switch (try reader.unsigned("kind of record", atMost: 5), fields) {
        case (1, 3): record = .workArrived(try reader.height())
        case (2, 5):
            record = .proposed(
                try Proposal.read(from: &reader).claimed,
                blockTime: Timestamp(milliseconds: try reader.integer()),
                isTimely: try reader.bool())
        case (3, 3): record = .voted(try Vote.read(from: &reader).claimed)
        case (4, 5):
            let height = try reader.height()
            let round = try reader.round()
            let step = UInt8(try reader.unsigned("step", atMost: 3))
            guard let step = Timer.Step(rawValue: step) else {
                throw .unexpected(offset: start, expected: "step 1 to 3", found: "0")
            }
            record = .timedOut(Timer(height: height, round: round, step: step))
        case (5, 5):
            record = .valueChecked(
                height: try reader.height(), block: try BlockID(from: &reader),
                isValid: try reader.bool())
        case (let kind, _):
            throw .unexpected(
                offset: start, expected: "a log record of kind 1 to 5 with its fields",
                found: "kind \(kind) with \(fields - 2) fields")
        }
        try reader.finish()
        return record
    }

    private func open(_ writer: inout CBORWriter, kind: UInt64, fields: Int) {
        writer.array(fields + 2)
        writer.unsigned(1)
        writer.unsigned(kind)
    }
}
