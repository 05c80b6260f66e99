@testable import Node
@testable import Storage

/// What a power cut leaves of a node's directory.
enum PowerCut {
    /// Takes from the node's logs whatever no sync has returned for.
    static func strike(_ data: String) throws {
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
                try SmallFile.write(Array(bytes.prefix(Int(mark.extent))), to: path)
            }
        }
    }
}
