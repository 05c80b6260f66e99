/// Makes a region from a seed and writes it into a folder.
///
/// The same tables, numbers and seed give the same bytes on any machine.
public struct Synthesis: Sendable {
    public let tables: RegionTables
    public let patients: Int
    public let years: Int
    public let seed: UInt64
    /// Planted cases, per 1,000 of what the table of schemes says; 0 plants nothing.
    public let prevalence: Int

    public init(
        tables: RegionTables, patients: Int, years: Int, seed: UInt64, prevalence: Int = 1_000
    ) {
        self.tables = tables
        self.patients = patients
        self.years = years
        self.seed = seed
        self.prevalence = prevalence
    }

    /// How long the books stay open after the last day, for what is anchored late.
    static let closingDays = 30

    /// What was written.
    public struct Summary: Sendable {
        public let records: Int
        public let planted: Int
    }

    /// Writes the tables into `folder`, and the truth into `truth.csv` of the folder above them.
    ///
    /// - Throws: ``SynthesisError/unwritable(path:reason:)``.
    public func write(
        into folder: String, truth path: String,
        progress: (_ day: Int, _ of: Int, _ records: Int) -> Void = { _, _, _ in }
    ) throws(SynthesisError) -> Summary {
        let world = World(tables, patients: patients, seed: seed)
        let sink = try CSVFolder(folder, world: world)
        let truth = try TruthFile(path)
        var simulation = simulation(of: world, sink: sink, truth: truth)
        let days = years * 365
        for day in 0..<days {
            try simulation.live()
            if day.isMultiple(of: 30) { progress(day, days, simulation.rowCount) }
        }
        try simulation.close(after: Synthesis.closingDays)
        try sink.finish()
        try truth.finish()
        return Summary(records: simulation.rowCount, planted: truth.count)
    }

    func simulation<Sink: RowSink, Truth: TruthSink>(
        of world: World, sink: Sink, truth: Truth
    ) -> Simulation<Sink, Truth> {
        let planter = Planter(
            tables.schemes, patients: patients, years: years, firstDay: world.firstDay,
            seed: seed, prevalence: prevalence)
        return Simulation(world: world, sink: sink, truth: truth, planter: planter)
    }
}
