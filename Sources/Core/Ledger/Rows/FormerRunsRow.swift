internal import Primitives

/// The runs row of older versions, whose numbers were as long as they can be.
///
/// `[1, directory, positions]`: the directory has 24 bytes a run (slot 4, start 4, previous height
/// 8, total before 8), by slot; positions have 4 bytes each and count from the block's first entry.
enum FormerRunsRow {
    static let version: UInt64 = 1
    /// How many bytes of the directory a run has, and a position.
    static let stride = 24
    static let positionByteCount = 4

    /// Whether a runs row is one of these.
    static func isOne(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0x83, UInt8(version)])
    }

    /// The row as it is written now; nil where the bytes are none.
    static func asNow(_ bytes: [UInt8], height: Height) -> [UInt8]? {
        guard let table = try? RunsTable(bytes, height: height) else { return nil }
        var row = RunsRow(height)
        for place in 0..<table.count {
            guard let run = table.run(place) else { return nil }
            var positions: [UInt32] = []
            let isAscending = table.forEachPosition(of: run) { position in
                guard positions.last.map({ $0 < position }) ?? true else { return false }
                positions.append(UInt32(truncatingIfNeeded: position))
                return true
            }
            guard isAscending else { return nil }
            let counts = HeadCounts(
                runs: run.previousHeight == .genesis ? 0 : 1, total: run.totalBefore,
                lastHeight: run.previousHeight)
            row.add(slot: table.slot(place), counts, positions, positions.indices)
        }
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
            directory.append(bigEndian: UInt32(positions.count / positionByteCount))
            directory.append(bigEndian: run.previousHeight.blocks)
            directory.append(bigEndian: run.totalBefore)
            let isWhole = table.forEachPosition(of: run) { position in
                positions.append(bigEndian: UInt32(truncatingIfNeeded: position))
                return true
            }
            guard isWhole else { return nil }
        }
        var writer = CBORWriter()
        writer.array(3)
        writer.unsigned(version)
        writer.bytes(directory)
        writer.bytes(positions)
        return writer.bytes
    }
}
