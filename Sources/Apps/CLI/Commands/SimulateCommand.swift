internal import ArgumentParser
internal import Foundation
internal import Simulator

/// Runs whole networks in one thread, with everything that can go wrong, from seeds.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run a whole network in one thread from a seed, with faults, and check it.",
        discussion: """
            The real consensus, ledger and hosting run on a simulated clock, network and set of \
            disks. The same seed gives the same run and the same digest, on any machine. Without \
            --nodes and --faults, a seed draws its own: four to seven nodes, all kinds of faults, \
            up to a third of the replicas byzantine; every 100th seed signs with real keys.

            --culprits is the search for culprits: one byzantine replica more than may be, on a \
            bad network. The ledger may fork then, and the votes must name at least f + 1 of those \
            who did it, and nobody honest. --byzantine with more than a third does the same.

            --faults takes names of kinds or of groups, with commas: network, disk, process, \
            byzantine, none, all; \
            and \(FaultKind.allCases.map(\.rawValue).joined(separator: ", ")), \
            \(Misbehaviour.allCases.map(\.rawValue).joined(separator: ", ")).

            Entries of all kinds go through; with --traffic accesses only accesses do, as in seeds \
            of before there were others, which then replay what they found.

            --record keeps a line of JSON for each seed in a file, and does not run again what \
            is in there: a long run may be ended at any time and goes on where it was. What is \
            printed at the end is of all lines in the file; with --seeds 0 it is printed alone, \
            such as for the records of several runs, put together with cat.

            Ends with 1 where a promise was broken, and prints the seed.

            Examples:
              custos simulate --seed 7
              custos simulate --seed 7 --nodes 16 --heights 50 --faults network,byzantine --log
              custos simulate --seed 1 --seeds 1000 --heights 200
              custos simulate --seed 1 --seconds 60
              custos simulate --seed 1 --seeds 10000 --heights 200 --record campaign.ndjson
              custos simulate --seed 1 --seeds 100 --heights 30 --culprits
              custos simulate --seed 7 --powers 3,1,1,1,1
              custos simulate --seed 351 --traffic accesses
            """)

    @Option(help: "The seed, or the first of them.")
    var seed: UInt64 = 1

    @Option(help: "How many seeds.")
    var seeds: UInt64?

    @Option(help: "Take new seeds for as long as this.")
    var seconds: UInt64?

    @Option(help: "How many nodes, 4 to 16; drawn from the seed if not given.")
    var nodes: Int?

    @Option(help: "How many heights to reach.")
    var heights = 200

    @Option(help: "What may go wrong; everything if not given.")
    var faults: String?

    @Option(help: "How many replicas are byzantine; drawn from the seed if not given.")
    var byzantine: Int?

    @Option(help: "How much each node's vote counts, with commas; says how many nodes, too.")
    var powers: String?

    @Flag(help: "More byzantine replicas than may be: search for who did it.")
    var culprits = false

    @Option(help: "How replicas sign: mac or real.")
    var signatures: String?

    @Option(help: "Plant a mistake in every node, to see it found.")
    var plant: String?

    @Option(help: "What is handed in: all (kinds of entries), or accesses (alone).")
    var traffic: String?

    @Option(help: "How many nodes begin with the first version of the protocol.")
    var older: Int?

    @Option(help: "Keep what each seed came to in this file, and go on where it ends.")
    var record: String?

    @Flag(help: "Print what happened, as it happened.")
    var log = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let nodes, !(4...16).contains(nodes) {
            throw ValidationError("a simulation has 4 to 16 nodes")
        }
        guard heights > 0 else { throw ValidationError("--heights must be above 0") }
        if let byzantine, byzantine < 0 { throw ValidationError("--byzantine is at least 0") }
        _ = try plan(of: seed)
    }

    func run() throws {
        let start = Date.now
        let isOne = seeds == nil && seconds == nil
        let file = try record.map { path throws(Failure) in try SeedRecord(path) }
        var summary = SimulationSummary()
        var done: Set<UInt64> = []
        for line in file?.lines ?? [] {
            guard line.result.goal == heights else {
                throw Failure(
                    .usage,
                    "\(record ?? "") has seeds of \(line.result.goal) heights, not \(heights)")
            }
            if done.insert(line.result.seed).inserted {
                summary.add(line.result, seconds: line.seconds)
            }
        }
        let resumed = summary.count
        var next = seed
        while shouldGoOn(at: next, since: start) {
            defer { next += 1 }
            guard !done.contains(next) else { continue }
            let began = Date.now
            var simulation = try Simulation(try plan(of: next))
            if log { simulation.log = [] }
            let result = SeedView(simulation.run())
            for line in simulation.log ?? [] { print(line) }
            let elapsed = Date.now.timeIntervalSince(began)
            summary.add(result, seconds: elapsed)
            try file?.add(SeedRecord.Line(seconds: elapsed, result: result))
            if isOne || !result.isGood { output.show(result) }
            if file != nil, next % 100 == 99 { tell(summary, resumed: resumed, since: start) }
        }
        if !isOne { output.show(summary) }
        if summary.badSeeds.count > 0 { throw Ending.refused }
    }

    /// One more seed if nothing is said, so many, or for so long.
    private func shouldGoOn(at next: UInt64, since start: Date) -> Bool {
        if let seeds, next - seed >= seeds { return false }
        if let seconds { return Date.now.timeIntervalSince(start) < Double(seconds) }
        return seeds != nil || next == seed
    }

    /// How far a long run has come, on standard error.
    private func tell(_ summary: SimulationSummary, resumed: UInt64, since start: Date) {
        let rate = Double(summary.count - resumed) / Date.now.timeIntervalSince(start)
        let text = String(
            format: "%llu seeds, %.2f a second; %ld heights, %ld faults, %ld broken\n",
            summary.count, rate, summary.heights, summary.faults, summary.badSeeds.count)
        FileHandle.standardError.write(Data(text.utf8))
    }

    private func plan(of seed: UInt64) throws -> SimulationPlan {
        if culprits { return SimulationPlan.culprits(seed: seed, heights: heights) }
        var plan = SimulationPlan.campaign(seed: seed, heights: heights)
        let powers = try wantedPowers()
        let nodes = powers?.count ?? nodes
        if nodes != nil || faults != nil || byzantine != nil {
            let (kinds, habits) = try wanted()
            plan = SimulationPlan(
                seed: seed, nodeCount: nodes ?? plan.nodeCount, heights: heights, faults: kinds,
                misbehaviours: habits, byzantineCount: byzantine, signatures: plan.signatures)
        }
        if let powers { plan.powers = powers }
        if let older { plan.olderCount = older }
        guard plan.byzantineCount < plan.nodeCount else {
            throw ValidationError("at least one replica must be honest")
        }
        if let signatures {
            guard let kind = SignatureKind(rawValue: signatures) else {
                throw ValidationError("--signatures takes mac or real, not '\(signatures)'")
            }
            plan.signatures = kind
        }
        if let traffic {
            guard let kind = SimulationPlan.Traffic(rawValue: traffic) else {
                throw ValidationError("--traffic takes all or accesses, not '\(traffic)'")
            }
            plan.traffic = kind
        }
        if let plant {
            guard let bug = PlantedBug(rawValue: plant) else {
                let names = PlantedBug.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--plant takes one of \(names), not '\(plant)'")
            }
            plan.plant(bug)
        }
        return plan
    }

    private func wantedPowers() throws -> [UInt64]? {
        guard let powers else { return nil }
        let numbers = powers.split(separator: ",").compactMap { UInt64($0) }
        guard (4...16).contains(numbers.count), numbers.allSatisfy({ (1...1_000).contains($0) }),
            numbers.count == powers.split(separator: ",").count
        else { throw ValidationError("--powers takes 4 to 16 numbers from 1 to 1000") }
        return numbers
    }

    private func wanted() throws -> ([FaultKind], [Misbehaviour]) {
        var kinds: [FaultKind] = []
        var habits: [Misbehaviour] = []
        for name in (faults ?? "all").split(separator: ",").map(String.init) {
            if name == "all" || name == "byzantine" { habits += Misbehaviour.allCases }
            if name == "all" { kinds += FaultKind.allCases }
            if let family = FaultKind.Family(rawValue: name) {
                kinds += FaultKind.allCases.filter { $0.family == family }
            } else if let kind = FaultKind(rawValue: name) {
                kinds.append(kind)
            } else if let habit = Misbehaviour(rawValue: name) {
                habits.append(habit)
            } else if !["all", "none", "byzantine"].contains(name) {
                throw ValidationError("no fault is called '\(name)'")
            }
        }
        return (kinds, habits)
    }
}
