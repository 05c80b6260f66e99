/// How fast four validators anchor, each with and without state map and index.
enum LedgerCases {
    static let all: [Benchmark] =
        [true, false].flatMap { isIndexKept in
            [batches(isIndexKept), singles(isIndexKept), latency(isIndexKept)]
        } + [memory]

    private static let network =
        "4 validators as processes on loopback, fsync on, rules off, "
        + "entries of 256 bytes about a patient of 100,000, a practitioner of 2,000 and an "
        + "institution of 100, signed beforehand, offered by a process that shares the cores"

    private static func name(_ name: String, _ isIndexKept: Bool) -> String {
        isIndexKept ? name : name + ".noindex"
    }

    private static func settings(_ text: String, _ isIndexKept: Bool) -> String {
        let index = isIndexKept ? "state map and index kept" : "no state map, no index"
        return "\(text), \(index); \(network)"
    }

    private static func batches(_ isIndexKept: Bool) -> Benchmark {
        let count = isIndexKept ? 400 : 1_000
        return Benchmark(
            name: name("ledger.batch256", isIndexKept), unit: "entries/s", better: .higher,
            runs: 3,
            settings: settings("\(count) batches of 256 entries", isIndexKept)
        ) {
            try await Bench.run(
                isIndexKept: isIndexKept, Bench.Load(batchCount: count, size: 256)
            ) { result, _ in Double(result.batches * 256) / result.seconds }
        }
    }

    private static func singles(_ isIndexKept: Bool) -> Benchmark {
        Benchmark(
            name: name("ledger.single", isIndexKept), unit: "entries/s", better: .higher, runs: 3,
            settings: settings("20,000 entries, each signed by itself", isIndexKept)
        ) {
            try await Bench.run(
                isIndexKept: isIndexKept, Bench.Load(batchCount: 20_000, size: 1, window: 60)
            ) { result, _ in Double(result.batches) / result.seconds }
        }
    }

    private static func latency(_ isIndexKept: Bool) -> Benchmark {
        Benchmark(
            name: name("ledger.latency", isIndexKept), unit: "ms", better: .lower, runs: 3,
            settings: settings(
                "commit p50 at 200 entries/s offered for 10 s, each signed by itself",
                isIndexKept)
        ) {
            try await Bench.run(
                isIndexKept: isIndexKept, Bench.Load(batchCount: 2_000, size: 1, rate: 200)
            ) { result, _ in result.medianMilliseconds }
        }
    }

    private static var memory: Benchmark {
        Benchmark(
            name: "ledger.memory", unit: "MB", better: .lower, runs: 1,
            settings: settings("resident after 1,000,192 entries in batches of 256", true)
        ) {
            try await Bench.run(isIndexKept: true, Bench.Load(batchCount: 3_907, size: 256)) {
                try (0..<4).map($1.memory(of:)).max() ?? 0
            }
        }
    }
}
