internal import Foundation
internal import Primitives
internal import RuleEngine
internal import RuleLanguage
internal import Storage

/// How long a table of millions of rows takes to load, and one look-up in it.
///
/// The rows are invented, in the form of mappings/tables/ncci-pairs.yaml. The table lies in a file
/// and is mapped, as a node has it.
enum KnowledgeLoad {
    private static let pairs = 2_500_000
    private static let questions = 1_000_000

    static let all = [load, open, lookup, memory]

    private static let load = Benchmark(
        name: "knowledge.ncci", unit: "s", better: .lower, runs: 3,
        settings: "\(pairs) pairs of codes with validity, from canonical bytes in a mapped file, "
            + "every row checked, to a table that answers, one core"
    ) {
        let files = try KnowledgeLoad.files.get()
        var table: KnowledgeTable?
        let time = try processorSeconds { table = try KnowledgeTable.decode(mapped(files.table)) }
        guard let table, table.rows.count == pairs else { throw BenchError("rows are missing") }
        return time
    }

    private static let open = Benchmark(
        name: "knowledge.ncci.open", unit: "s", better: .lower, runs: 3,
        settings: "the same table opened again with the index that was kept, its bytes hashed, "
            + "one core"
    ) {
        let files = try KnowledgeLoad.files.get()
        return try processorSeconds { _ = try opened(files) }
    }

    private static let lookup = Benchmark(
        name: "knowledge.ncci.lookup", unit: "ns", better: .lower, runs: 3,
        settings: "one of \(pairs) pairs on a day, at random, half of them not listed, table and "
            + "index mapped, one core"
    ) {
        let table = try opened(try files.get())
        let asked = keys()
        let day = Day(number: 19_000)
        var found = 0
        let time = processorSeconds {
            for keys in asked where table.place(of: keys, on: day) != nil { found += 1 }
        }
        guard found == questions / 2 else { throw BenchError("\(found) pairs were found") }
        return time / Double(questions) * 1e9
    }

    private static let memory = Benchmark(
        name: "knowledge.ncci.memory", unit: "MB", better: .lower, runs: 1,
        settings: "memory of its own that the process has more with the table open and "
            + "\(questions) look-ups done (RssAnon); what is mapped, the system may take back"
    ) {
        let files = try KnowledgeLoad.files.get()
        let asked = keys()
        let before = try anonymousMegabytes()
        let table = try opened(files)
        var found = 0
        for keys in asked where table.place(of: keys) != nil { found += 1 }
        let after = try anonymousMegabytes()
        guard found == questions / 2 else { throw BenchError("\(found) pairs were found") }
        return withExtendedLifetime(table) { after - before }
    }

    private static func keys() -> [[Value]] {
        var random = SplitMix(seed: 5)
        return (0..<questions).map { number in
            let place = Int(random.next() % UInt64(pairs))
            return [code(place / firsts), code(place % firsts + (number % 2) * 50_000)]
        }
    }

    private static func mapped(_ path: String) throws -> TableBytes {
        let file = try MappedFile(path)
        return TableBytes(file.bytes, heldBy: file)
    }

    private static func opened(_ files: Files) throws -> KnowledgeTable {
        guard
            let table = KnowledgeTable.open(
                try mapped(files.table), index: try mapped(files.index), hash: files.hash)
        else { throw BenchError("the table does not open") }
        return table
    }

    private static func anonymousMegabytes() throws -> Double {
        let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("RssAnon:") } ?? ""
        guard let kibibytes = line.split(separator: " ").compactMap({ Double($0) }).first else {
            throw BenchError("/proc/self/status says nothing of memory")
        }
        return kibibytes * 1_024 / 1_000_000
    }

    private struct Files {
        let table: String
        let index: String
        let hash: Digest
    }

    /// The table and its index on the disk; they go with the system's temporary files.
    private static let files = Result {
        let table = try KnowledgeTable.decode(try canonical())
        let place = NSTemporaryDirectory() + "custos-knowledge-\(table.hash.description.prefix(16))"
        try SmallFile.write(table.encode(), to: "\(place).table")
        try SmallFile.write(table.indexFile, to: "\(place).index")
        return Files(table: "\(place).table", index: "\(place).index", hash: table.hash)
    }

    /// How many second codes each first one has.
    private static let firsts = 2_500

    private static func code(_ number: Int) -> Value {
        .code(system: "hcpcs", code: String(10_000 + number))
    }

    private static func canonical() throws -> [UInt8] {
        let rationales = ["Misuse of column two code with column one code", "Mutually exclusive"]
        let schema = TableSchema(
            name: "ncci-pairs",
            keys: [.init(name: "first", type: .code), .init(name: "second", type: .code)],
            values: [
                .init(name: "indicator", type: .integer), .init(name: "rationale", type: .text),
            ], hasValidity: true)
        let rows = (0..<pairs).map { number in
            KnowledgeTable.Row(
                keys: [code(number / firsts), code(number % firsts)], from: nil,
                to: number % 7 == 0 ? Day(number: 19_500) : nil,
                values: [.integer(Int64(number % 3)), .text(rationales[number % 2])])
        }
        return try KnowledgeTable(schema: schema, source: "invented", licence: "none", rows: rows)
            .encode()
    }
}
