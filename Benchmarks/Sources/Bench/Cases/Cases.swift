/// Every benchmark, in the order in which they run.
enum Cases {
    static let all: [Benchmark] =
        LedgerCases.all + [
            LedgerStages.benchmark, Hashing.nodes, Hashing.leaves,
            IngestFHIR.benchmark, SynthesisPace.benchmark, ProofInclusion.benchmark,
            RulesStream.benchmark, RulesStream.during, RulesStream.all,
            ScreenClaim.benchmark, ScreenHTTP.benchmark,
            RulesSimple.byName, RulesSimple.typed,
            RulesSweep.backtest, RulesSweep.memory,
        ] + KnowledgeLoad.all + RulesSweep.questions + VerifyArchive.all + AccessCases.all
}
