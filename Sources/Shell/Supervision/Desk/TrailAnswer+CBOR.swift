internal import Primitives
internal import Records

extension TrailAnswer {
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 256 + rows.count * 512)
        writer.array(3)
        writer.unsigned(1)
        if let next { writer.unsigned(next) } else { writer.null() }
        writer.array(rows.count)
        for row in rows { row.encode(into: &writer) }
        return writer.bytes
    }

    /// Reads an answer from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> TrailAnswer {
        var reader = CBORReader(bytes)
        let (next, count) = try part("trail", &reader) { reader throws(CBORError) in
            try reader.array(exactly: 3)
            try reader.version(1)
            let next = try reader.isNull() ? nil : reader.unsigned()
            return (next, try reader.array(atMost: TrailQuery.limitMax))
        }
        var rows: [TrailRow] = []
        for _ in 0..<count { rows.append(try TrailRow(from: &reader)) }
        try part("trail", &reader) { reader throws(CBORError) in try reader.finish() }
        return TrailAnswer(rows: rows, next: next)
    }
}

extension TrailRow {
    fileprivate func encode(into writer: inout CBORWriter) {
        writer.array(7)
        writer.unsigned(item.leafIndex)
        writer.unsigned(item.height.blocks)
        writer.integer(item.anchored.milliseconds)
        writer.bytes(item.bytes)
        writer.unsigned(state.code)
        writer.text(mediaType)
        writer.array(facts.count)
        for fact in facts { fact.encode(into: &writer) }
    }

    private struct Head {
        let leafIndex: UInt64
        let height: Height
        let anchored: Timestamp
        let bytes: [UInt8]
        let state: State
        let mediaType: String
        let factCount: Int

        init(from reader: inout CBORReader) throws(CBORError) {
            try reader.array(exactly: 7)
            leafIndex = try reader.unsigned()
            height = Height(try reader.unsigned())
            anchored = Timestamp(milliseconds: try reader.integer())
            bytes = Array(try reader.bytes(atMost: Entry.evidenceByteCountMax))
            let start = reader.offset
            guard let state = State(code: try reader.unsigned()) else {
                throw .unexpected(offset: start, expected: "a state", found: "another number")
            }
            self.state = state
            mediaType = try reader.text(atMost: 255)
            factCount = try reader.array(atMost: Payload.factCountMax)
        }
    }

    fileprivate init(from reader: inout CBORReader) throws(SupervisionError) {
        let head = try part("row of a trail", &reader) { reader throws(CBORError) in
            try Head(from: &reader)
        }
        var facts: [Fact] = []
        for _ in 0..<head.factCount {
            do throws(FactError) {
                facts.append(try Fact.decode(from: &reader))
            } catch {
                throw .fact(error)
            }
        }
        self.init(
            try CommittedEntry(
                leafIndex: head.leafIndex, height: head.height, anchored: head.anchored,
                bytes: head.bytes),
            head.state, head.mediaType, facts)
    }
}

extension TrailRow.State {
    /// 0 open, 1 sealed, 2 awaited, 3 erased, 4 clear; 100 and the reason: mismatched.
    fileprivate var code: UInt64 {
        switch self {
        case .open: 0
        case .sealed: 1
        case .awaited: 2
        case .erased: 3
        case .clear: 4
        case .mismatched(let reason): 100 + UInt64(reason.rawValue)
        }
    }

    fileprivate init?(code: UInt64) {
        switch code {
        case 0: self = .open
        case 1: self = .sealed
        case 2: self = .awaited
        case 3: self = .erased
        case 4: self = .clear
        case 101...355:
            guard let reason = Mismatch.Reason(rawValue: UInt8(code - 100)) else { return nil }
            self = .mismatched(reason)
        default: return nil
        }
    }
}
