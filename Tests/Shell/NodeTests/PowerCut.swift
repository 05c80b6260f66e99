internal import TestSupport

@testable import Node
@testable import Storage

/// What a power cut leaves of a node's directory.
enum PowerCut {
    /// Takes from the node's logs whatever no sync has returned for.
    static func strike(_ data: String) throws {
        try strike(data) { bytes, synced in Array(bytes.prefix(synced)) }
    }

    /// Takes of that what it happens to take: all from some byte on, or any sectors.
    static func strike(_ data: String, sparing random: inout SplitMix) throws {
        try strike(data) { bytes, synced in
            guard synced < bytes.count else { return bytes }
            if random.chance(50) {
                return Array(bytes.prefix(synced + random.below(bytes.count - synced + 1)))
            }
            var bytes = bytes
            let sectorBytes = 512
            for sector in synced / sectorBytes...bytes.count / sectorBytes
            where random.chance(40) {
                let lost = (sector * sectorBytes..<(sector + 1) * sectorBytes)
                    .clamped(to: synced..<bytes.count)
                for index in lost { bytes[index] = 0 }
            }
            return bytes
        }
    }

    private static func strike(
        _ data: String, _ spared: (_ bytes: [UInt8], _ synced: Int) -> [UInt8]
    ) throws {
        for name in [ReplicaLog.name, OutboxLog.name, EvidenceLog.name] {
            let folder = data + "/" + name
            guard let mark = try SyncMark(folder + "/" + AppendLog.markName).position else {
                continue
            }
            for file in try Directory.names(in: folder) where file.hasSuffix(".log") {
                let path = folder + "/" + file
                let number = try UInt64(file.dropLast(4), radix: 16).orThrow()
                let bytes = try SmallFile.read(path, atMost: .max)
                if number > mark.part { try Directory.remove(path) }
                guard number == mark.part else { continue }
                try SmallFile.write(spared(bytes, Int(mark.extent)), to: path)
            }
        }
    }

    /// How often a node's last-signed file has been written.
    static func writeCount(_ data: String) throws -> UInt64 {
        sequences(try SmallFile.read(data + "/" + ReplicaLog.lastSignedName)).max() ?? 0
    }

    /// Tears the write of a node's last-signed file that it was about, which never returned.
    static func tearLastSigned(_ data: String) throws {
        let path = data + "/" + ReplicaLog.lastSignedName
        var bytes = try SmallFile.read(path)
        let written = sequences(bytes)
        let newest = written[0] > written[1] ? 0 : 1
        bytes[newest * bytes.count / 2 + 100] ^= 1
        try SmallFile.write(bytes, to: path)
        try SmallFile.write(
            SyncMark.encode(.init(part: 1, extent: written[1 - newest])),
            to: path + LastSignedFile.markSuffix)
    }

    private static func sequences(_ bytes: [UInt8]) -> [UInt64] {
        [0, bytes.count / 2].map { slot in
            bytes[(slot + 8)..<(slot + 16)].reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
