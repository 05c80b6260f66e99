/// Every benchmark, in the order in which they run.
enum Cases {
    static let all: [Benchmark] =
        LedgerCases.all + [IngestFHIR.benchmark, ProofInclusion.benchmark, RulesStream.benchmark]
}
