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

    /// Writes the region into `folder`, and the truth into the file `truth`.
    ///
    /// - Throws: ``SynthesisError/unwritable(path:reason:)``.
    public func write(
        _ format: RegionFormat = .csv, into folder: String, truth path: String,
        progress: (_ day: Int, _ of: Int, _ records: Int) -> Void = { _, _, _ in }
    ) throws(SynthesisError) -> Summary {
        let world = World(tables, patients: patients, seed: seed)
        let truth = try TruthFile(path)
        switch format {
        case .csv:
            let sink = try CSVFolder(folder, world: world)
            let count = try write(world, sink, truth, progress)
            try sink.finish()
            return Summary(records: count, planted: truth.count)
        case .fhir:
            let sink = try FHIRFolder(folder, world: world)
            let count = try write(world, sink, truth, progress)
            try sink.finish()
            return Summary(records: count, planted: truth.count)
        }
    }

    /// Lives through all days, and returns how many records there were.
    private func write<Sink: RowSink>(
        _ world: World, _ sink: Sink, _ truth: TruthFile,
        _ progress: (_ day: Int, _ of: Int, _ records: Int) -> Void
    ) throws(SynthesisError) -> Int {
        var simulation = simulation(of: world, sink: sink, truth: truth)
        let days = years * 365
        for day in 0..<days {
            try simulation.live()
            if day.isMultiple(of: 30) { progress(day, days, simulation.rowCount) }
        }
        try simulation.close(after: Synthesis.closingDays)
        try truth.finish()
        return simulation.rowCount
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

/// As what a region is written.
public enum RegionFormat: String, CaseIterable, Sendable {
    /// Tables of comma-separated values, for `mappings/region`.
    case csv
    /// FHIR R4 resources, one a line.
    case fhir
}
