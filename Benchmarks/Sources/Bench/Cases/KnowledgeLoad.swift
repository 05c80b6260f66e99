internal import Primitives
internal import RuleEngine
internal import RuleLanguage

/// How long a table of millions of rows takes to load, and one look-up in it.
///
/// The rows are invented, in the form of mappings/tables/ncci-pairs.yaml.
enum KnowledgeLoad {
    private static let pairs = 2_500_000
    private static let questions = 1_000_000

    static let load = Benchmark(
        name: "knowledge.ncci", unit: "s", better: .lower, runs: 3,
        settings: "\(pairs) pairs of codes with validity, from canonical bytes in memory to a "
            + "table that answers, one core"
    ) {
        let bytes = try KnowledgeLoad.canonical.get()
        var table: KnowledgeTable?
        let time = try processorSeconds { table = try KnowledgeTable.decode(bytes) }
        guard let table, table.rows.count == pairs else { throw BenchError("rows are missing") }
        return time
    }

    static let lookup = Benchmark(
        name: "knowledge.ncci.lookup", unit: "ns", better: .lower, runs: 3,
        settings: "one of \(pairs) pairs on a day, at random, half of them not listed, one core"
    ) {
        let table = try KnowledgeTable.decode(try canonical.get())
        var random = SplitMix(seed: 5)
        let asked = (0..<questions).map { number in
            let place = Int(random.next() % UInt64(pairs))
            return [code(place / firsts), code(place % firsts + (number % 2) * 50_000)]
        }
        let day = Day(number: 19_000)
        var found = 0
        let time = processorSeconds {
            for keys in asked where table.place(of: keys, on: day) != nil { found += 1 }
        }
        guard found == questions / 2 else { throw BenchError("\(found) pairs were found") }
        return time / Double(questions) * 1e9
    }

    /// How many second codes each first one has.
    private static let firsts = 2_500

    private static func code(_ number: Int) -> Value {
        .code(system: "hcpcs", code: String(10_000 + number))
    }

    private static let canonical = Result {
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
