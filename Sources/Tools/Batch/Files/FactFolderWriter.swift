internal import Foundation
public import Primitives
public import Records

/// Writes a folder of facts, some thousands a file, so that several programs can read it at once.
public struct FactFolderWriter {
    private let path: String
    private let rowsOfFile: Int
    private var kinds: [FactKind: Part] = [:]

    private struct Part {
        var bytes: [UInt8] = []
        var rows = 0
        var number = 0
        var total = 0
    }

    /// A writer into a folder that is not there yet.
    ///
    /// - Throws: ``BatchError/cannotWrite(file:)``, also where there is such a folder.
    public init(path: String, rowsOfFile: Int = 100_000) throws(BatchError) {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw .cannotWrite(file: path)
        }
        self.path = path
        self.rowsOfFile = max(1, rowsOfFile)
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .cannotWrite(file: path)
        }
    }

    /// Takes a fact; those of a kind come in the order of the ledger.
    public mutating func add(_ fact: AnchoredFact) throws(BatchError) {
        let kind = fact.fact.kind
        var part = kinds[kind] ?? Part()
        kinds[kind] = nil
        FactLine.write(fact, to: &part.bytes)
        part.rows += 1
        part.total += 1
        if part.rows == rowsOfFile { try flush(kind, &part) }
        kinds[kind] = part
    }

    /// Writes what is left, and last what the folder holds.
    public mutating func finish(present: Timestamp) throws(BatchError) -> FactFolder {
        var counts: [String: Int] = [:]
        for kind in FactKind.allCases {
            guard var part = kinds[kind] else { continue }
            if part.rows > 0 { try flush(kind, &part) }
            counts[kind.name] = part.total
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        let manifest = FactFolder.Manifest(present: present, facts: counts)
        guard let data = try? encoder.encode(manifest) else {
            throw .cannotWrite(file: "\(path)/facts.json")
        }
        try write(data + Data("\n".utf8), "\(path)/facts.json")
        return try FactFolder(path: path)
    }

    private func flush(_ kind: FactKind, _ part: inout Part) throws(BatchError) {
        let folder = "\(path)/kind=\(kind.name)"
        let number = String(part.number)
        let zeros = String(repeating: "0", count: max(0, 5 - number.count))
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .cannotWrite(file: folder)
        }
        try write(Data(part.bytes), "\(folder)/part-\(zeros)\(number).jsonl")
        part.bytes.removeAll(keepingCapacity: true)
        part.rows = 0
        part.number += 1
    }

    private func write(_ data: Data, _ file: String) throws(BatchError) {
        do {
            try data.write(to: URL(filePath: file), options: .atomic)
        } catch {
            throw .cannotWrite(file: file)
        }
    }
}
