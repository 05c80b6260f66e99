internal import Foundation
public import Primitives
public import Records
public import RuleEngine

/// A folder of facts: `kind=claim_line/part-00000.jsonl` and so on, and what it holds in
/// `facts.json`.
///
/// Source: `docs/formats/facts.md`.
public struct FactFolder: Sendable {
    public let path: String
    public let manifest: Manifest

    /// What a folder holds.
    public struct Manifest: Codable, Sendable, Hashable {
        /// The version of the format.
        public var format = 1
        /// The time of the newest block, in milliseconds since 1970.
        public var present: Int64
        /// How many facts there are of each kind.
        public var facts: [String: Int]

        public init(present: Timestamp, facts: [String: Int]) {
            self.present = present.milliseconds
            self.facts = facts
        }
    }

    /// Opens a folder.
    ///
    /// - Throws: ``BatchError/notFacts(folder:reason:)``.
    public init(path: String) throws(BatchError) {
        self.path = path
        guard let data = FileManager.default.contents(atPath: "\(path)/facts.json") else {
            throw .notFacts(folder: path, reason: "it has no facts.json")
        }
        guard let manifest = try? JSONDecoder().decode(Manifest.self, from: data) else {
            throw .notFacts(folder: path, reason: "facts.json is of another form")
        }
        guard manifest.format == 1 else {
            throw .notFacts(folder: path, reason: "its format is \(manifest.format), not 1")
        }
        self.manifest = manifest
    }

    public var present: Timestamp { Timestamp(milliseconds: manifest.present) }

    /// The files of a kind, in their order.
    public func files(_ kind: FactKind) -> [String] {
        let folder = "\(path)/kind=\(kind.name)"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".jsonl") }.sorted().map { "\(folder)/\($0)" }
    }

    /// Calls `body` with each fact, kind by kind, in the order of the ledger.
    ///
    /// - Throws: ``BatchError`` at the first line that is wrong.
    public func read(_ body: (AnchoredFact) -> Void) throws(BatchError) {
        for kind in FactKind.allCases {
            var last: LedgerPosition?
            var count = 0
            for file in files(kind) {
                var number = 0
                guard let bytes = FileManager.default.contents(atPath: file).map([UInt8].init)
                else { throw .cannotRead(file: file) }
                for line in bytes.split(separator: UInt8(ascii: "\n")) {
                    number += 1
                    let fact: AnchoredFact
                    do throws(FactLine.Problem) {
                        fact = try FactLine.read(Array(line), kind: kind)
                    } catch {
                        throw .line(file: file, line: number, problem: error.description)
                    }
                    if let last, !(last < fact.position) {
                        throw .disorder(file: file, line: number)
                    }
                    last = fact.position
                    count += 1
                    body(fact)
                }
            }
            let expected = manifest.facts[kind.name] ?? 0
            guard count == expected else {
                throw .notFacts(
                    folder: path,
                    reason: "it has \(count) facts of the kind \(kind.name), not \(expected)")
            }
        }
    }

    /// All facts, as a sweep reads them.
    public func columns() throws(BatchError) -> FactColumns {
        var columns = FactColumns()
        try read { columns.add($0) }
        columns.finish()
        return columns
    }
}
