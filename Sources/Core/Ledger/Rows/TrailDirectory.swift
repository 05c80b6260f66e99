internal import Primitives

/// Which trail rows a height has: who reads one asks for it by its key, and not for what lies
/// before the place where it would be.
///
/// `[1, bstr]`: the first slot of each row, 4 bytes each, ascending.
public struct TrailDirectory: Equatable, Sendable {
    private let firstSlots: [UInt32]

    init(_ firstSlots: [UInt32]) {
        self.firstSlots = firstSlots
    }

    /// How many rows there are.
    public var count: Int { firstSlots.count }

    /// The number of the row that has a slot where any has; nil where none can.
    public func number(ofSlot slot: UInt32) -> UInt64? {
        let end = firstSlots.indices.partitioningIndex { firstSlots[$0] > slot }
        return end > 0 ? UInt64(firstSlots[end - 1]) : nil
    }

    func encode() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * firstSlots.count)
        for slot in firstSlots {
            unsafe withUnsafeBytes(of: slot.bigEndian) { unsafe bytes.append(contentsOf: $0) }
        }
        var writer = CBORWriter(reservingCapacity: bytes.count + 8)
        writer.array(2)
        writer.unsigned(1)
        writer.bytes(bytes)
        return writer.bytes
    }

    /// Reads a directory from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(LedgerError) -> TrailDirectory {
        try reading("trail directory", bytes[...]) { reader throws(CBORError) in
            try reader.array(exactly: 2)
            try reader.version(1)
            let start = reader.offset
            let slots = try reader.bytes()
            guard slots.count % 4 == 0 else {
                throw .unexpected(
                    offset: start, expected: "slots of 4 bytes", found: "\(slots.count) bytes")
            }
            return TrailDirectory(
                (0..<slots.count / 4).map { slots.bigEndian(at: 4 * $0, as: UInt32.self) })
        }
    }
}
