/// How fast a network of validators anchors.
enum LedgerCases {
    static let all: [Benchmark] =
        [true, false].flatMap { isIndexKept in
            [batches(isIndexKept), singles(isIndexKept), latency(isIndexKept)]
        } + [batchesLong, singlesLong, latencyTail, saturation]
        + [7, 10, 16].map(validators) + [index, memory, restart]

    private static func settings(
        _ text: String, isIndexKept: Bool = true, validatorCount: Int = 4,
        entries: EntryMaker.Size = .short
    ) -> String {
        let index = isIndexKept ? "state map and index kept" : "no state map, no index"
        return "\(text), \(index); \(validatorCount) validators as processes on loopback, fsync "
            + "on, rules off, entries of \(entries.rawValue) about a patient of 100,000, a "
            + "practitioner of 2,000 and an institution of 100, signed beforehand, offered by a "
            + "process that shares the cores"
    }

    private static func name(_ name: String, _ isIndexKept: Bool) -> String {
        isIndexKept ? name : name + ".noindex"
    }

    private static func batches(_ isIndexKept: Bool) -> Benchmark {
        let count = isIndexKept ? 600 : 1_200
        return Benchmark(
            name: name("ledger.batch256", isIndexKept), unit: "entries/s", better: .higher,
            runs: 3,
            settings: settings("\(count) batches of 256 entries", isIndexKept: isIndexKept)
        ) {
            try await Bench.run(
                isIndexKept: isIndexKept, Bench.Load(batchCount: count, size: 256)
            ) { result, _ in result.entriesPerSecond(256) }
        }
    }

    private static let batchesLong = Benchmark(
        name: "ledger.batch256.1k", unit: "entries/s", better: .higher, runs: 3,
        settings: settings("300 batches of 256 entries", entries: .long)
    ) {
        try await Bench.run(
            isIndexKept: true, Bench.Load(batchCount: 300, size: 256, entries: .long)
        ) { result, _ in result.entriesPerSecond(256) }
    }

    private static func singles(_ isIndexKept: Bool) -> Benchmark {
        Benchmark(
            name: name("ledger.single", isIndexKept), unit: "entries/s", better: .higher, runs: 3,
            settings: settings(
                "20,000 entries, each signed by itself", isIndexKept: isIndexKept)
        ) {
            try await Bench.run(
                isIndexKept: isIndexKept, Bench.Load(batchCount: 20_000, size: 1, window: 120)
            ) { result, _ in result.entriesPerSecond(1) }
        }
    }

    private static let singlesLong = Benchmark(
        name: "ledger.single.1k", unit: "entries/s", better: .higher, runs: 3,
        settings: settings("20,000 entries, each signed by itself", entries: .long)
    ) {
        try await Bench.run(
            isIndexKept: true,
            Bench.Load(batchCount: 20_000, size: 1, entries: .long, window: 120)
        ) { result, _ in result.entriesPerSecond(1) }
    }

    private static let steady = Bench.Load(batchCount: 2_000, size: 1, rate: 200)

    private static func latency(_ isIndexKept: Bool) -> Benchmark {
        Benchmark(
            name: name("ledger.latency", isIndexKept), unit: "ms", better: .lower, runs: 3,
            settings: settings(
                "commit p50 at 200 entries/s offered for 10 s, each signed by itself",
                isIndexKept: isIndexKept)
        ) {
            try await Bench.run(isIndexKept: isIndexKept, steady) { result, _ in
                result.medianMilliseconds
            }
        }
    }

    private static let latencyTail = Benchmark(
        name: "ledger.latency.p99", unit: "ms", better: .lower, runs: 3,
        settings: settings("commit p99 at 200 entries/s offered for 10 s, each signed by itself")
    ) {
        try await Bench.run(isIndexKept: true, steady) { result, _ in result.p99Milliseconds }
    }

    /// First how much goes through, then how long a commit takes with four fifths of that.
    private static let saturation = Benchmark(
        name: "ledger.saturation", unit: "ms", better: .lower, runs: 3,
        settings: settings(
            "commit p99 with batches of 256 offered for 8 s at 80 % of the rate that 1,200 of "
                + "them, about as many, were committed at before")
    ) {
        let rate = try await Bench.run(
            isIndexKept: true, Bench.Load(batchCount: 1_200, size: 256)
        ) { result, _ in Double(result.batches) / result.seconds * 0.8 }
        return try await Bench.run(
            isIndexKept: true, Bench.Load(batchCount: Int(rate * 8), size: 256, rate: rate)
        ) { result, _ in result.p99Milliseconds }
    }

    private static func validators(_ count: Int) -> Benchmark {
        Benchmark(
            name: "ledger.validators.\(count)", unit: "entries/s", better: .higher, runs: 2,
            settings: settings("200 batches of 256 entries", validatorCount: count)
        ) {
            try await Bench.run(
                isIndexKept: true,
                Bench.Load(batchCount: 200, size: 256, validatorCount: count)
            ) { result, _ in result.entriesPerSecond(256) }
        }
    }

    /// What is committed without state map and index, and is not with them.
    ///
    /// The run that comes first on a machine that rested pays for memory that its host gives it
    /// anew, up to half as much time again; so one that is not measured comes before both.
    private static let index = Benchmark(
        name: "ledger.index", unit: "%", better: .lower, runs: 3,
        settings: settings(
            "of the entries/s without state map and index what is lost with them, both after a run "
                + "with them that is not measured; 1,000,192 entries in batches of 256")
    ) {
        let load = Bench.Load(batchCount: 3_907, size: 256)
        var rates: [Double] = []
        for isIndexKept in [true, true, false] {
            rates.append(
                try await Bench.run(isIndexKept: isIndexKept, load) { result, _ in
                    result.entriesPerSecond(256)
                })
        }
        return 100 * (1 - rates[1] / rates[2])
    }

    private static let memory = Benchmark(
        name: "ledger.memory", unit: "MB", better: .lower, runs: 1,
        settings: settings("resident after 1,000,192 entries in batches of 256")
    ) {
        try await Bench.run(isIndexKept: true, Bench.Load(batchCount: 3_907, size: 256)) {
            try (0..<4).map($1.memory(of:)).max() ?? 0
        }
    }

    private static let restart = Benchmark(
        name: "ledger.restart", unit: "s", better: .lower, runs: 1,
        settings: settings(
            "from kill -9 to its answer and all peers again, after 1,000,192 entries")
    ) {
        let clock = ContinuousClock()
        let load = Bench.Load(batchCount: 3_907, size: 256)
        return try await Bench.run(isIndexKept: true, load) { _, nodes in
            try await clock.measure { try await nodes.restart(0) } / .seconds(1)
        }
    }
}
