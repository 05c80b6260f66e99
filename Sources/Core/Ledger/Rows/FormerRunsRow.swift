internal import Primitives

/// The runs row of older versions, whose numbers were as long as they can be.
///
/// `[1, directory, positions]`: the directory has 24 bytes a run (slot 4, start 4, previous height
/// 8, total before 8), by slot; positions have 4 bytes each and count from the block's first entry.
enum FormerRunsRow {
    private static let version: UInt8 = 1
    private static let stride = 24

    /// Whether a runs row is one of these.
    static func isOne(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0x83, version])
    }

    /// The row as it is written now.
    ///
    /// - Throws: ``LedgerError`` where the bytes are no such row.
    static func asNow(_ bytes: [UInt8], height: Height) throws(LedgerError) -> [UInt8] {
        let (directory, positions) = try reading("runs row", bytes[...]) {
            reader throws(CBORError) in
            try reader.array(exactly: 3)
            try reader.version(UInt64(version))
            return (try reader.bytes(), try reader.bytes())
        }
        let all = Swift.stride(from: 0, to: positions.count - positions.count % 4, by: 4).map {
            positions.bigEndian(at: $0, as: UInt32.self)
        }
        var row = RunsRow(height)
        let starts = Swift.stride(from: 0, to: directory.count, by: FormerRunsRow.stride)
        var isWhole = directory.count % FormerRunsRow.stride == 0 && positions.count % 4 == 0
        for start in starts where isWhole {
            let first = Int(directory.bigEndian(at: start + 4, as: UInt32.self))
            let next = start + FormerRunsRow.stride
            let end =
                next < directory.count
                ? Int(directory.bigEndian(at: next + 4, as: UInt32.self)) : all.count
            let previous = directory.bigEndian(at: start + 8)
            let counts = HeadCounts(
                runs: previous == 0 ? 0 : 1, total: directory.bigEndian(at: start + 16),
                lastHeight: Height(previous))
            isWhole =
                first <= end && end <= all.count && previous < height.blocks
                && zip(all[first..<end], all[first..<end].dropFirst()).allSatisfy { $0 <= $1 }
            guard isWhole else { break }
            row.add(
                slot: directory.bigEndian(at: start, as: UInt32.self), counts, all, first..<end)
        }
        guard isWhole else { throw .restore("the runs row of height \(height) is damaged") }
        return row.encode()
    }

    /// What an older version wrote of a row; nil where these are the bytes of none.
    static func encode(_ bytes: [UInt8], height: Height) -> [UInt8]? {
        guard let table = try? RunsTable(bytes, height: height) else { return nil }
        var directory: [UInt8] = []
        var positions: [UInt8] = []
        for place in 0..<table.count {
            guard let run = table.run(place) else { return nil }
            directory.append(bigEndian: table.slot(place))
            directory.append(bigEndian: UInt32(positions.count / 4))
            directory.append(bigEndian: run.previousHeight.blocks)
            directory.append(bigEndian: run.totalBefore)
            let isWhole = run.forEachPosition { position in
                positions.append(bigEndian: UInt32(truncatingIfNeeded: position))
                return true
            }
            guard isWhole else { return nil }
        }
        var writer = CBORWriter()
        writer.array(3)
        writer.unsigned(UInt64(version))
        writer.bytes(directory)
        writer.bytes(positions)
        return writer.bytes
    }
}
