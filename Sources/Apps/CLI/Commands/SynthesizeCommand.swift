internal import ArgumentParser
internal import Synthesis

/// Makes a region to practise on.
struct SynthesizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthesize",
        abstract: "Make a region from a seed: people, care, claims, and planted fraud.",
        discussion: """
            Writes tables of comma-separated values into DIR/csv, which `custos ingest` takes with \
            --mapping mappings/region, and what was planted into DIR/truth.csv, for \
            `custos score`. The same tables, numbers and seed give the same bytes on any machine. \
            With --format fhir, DIR/fhir has FHIR R4 resources instead, with less in them, and \
            DIR/assignment.json says which organisation is which institution. \
            What a region is like stands in the tables of --region, see docs/synthesis.md. \
            With --net, all of it is anchored by that devnet as well, as `custos ingest` would.

            Examples:
              custos synthesize --patients 2000 --years 3 --seed 1 --out region
              custos synthesize --patients 500 --years 1 --seed 1 --prevalence 0 --out honest
              custos synthesize --patients 20000 --years 3 --seed 1 --activity 450 --out quiet
              custos ingest region/csv --mapping mappings/region --net devnet --by-time
              custos synthesize --patients 200 --years 1 --seed 1 --out region --net devnet
              custos synthesize --patients 500 --years 1 --seed 1 --format fhir --out region
              custos ingest region/fhir --assign region/assignment.json --net devnet
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case csv
        case fhir
    }

    @Option(help: "How many people live there.")
    var patients: Int

    @Option(help: "How many years, from the first of January that the tables name.")
    var years: Int

    @Option(help: "The seed; the same one gives the same region.")
    var seed: UInt64

    @Option(help: "The folder to write into.")
    var out: String

    @Option(help: "The folder of tables that say what the region is like.")
    var region = "regions/county"

    @Option(help: "Planted cases, per 1,000 of what is natural; 0 plants none.")
    var prevalence = 1_000

    @Option(
        help: """
            Routine care and passing illness, per 1,000 of what the tables say; without it as \
            their settings have it.
            """)
    var activity: Int?

    @Option(help: "csv: tables with all there is; fhir: resources, one a line.")
    var format = Format.csv

    @Option(help: "A devnet's folder: its nodes anchor the region, table rows by their times.")
    var net: String?

    @Option(help: "With --net: where to write the numbers of the rows, for `custos score --node`.")
    var placed: String?

    @OptionGroup var output: OutputOptions

    /// How the tables become entries.
    private static let mapping = "mappings/region"

    func validate() throws {
        if placed != nil, net == nil { throw ValidationError("--placed goes with --net") }
        guard (1...10_000_000).contains(patients), (1...100).contains(years),
            (0...1_000_000).contains(prevalence), (0...2_000).contains(activity ?? 1_000)
        else {
            throw ValidationError(
                "patients are 1 to 10,000,000, years 1 to 100, prevalence 0 to 1,000,000, "
                    + "activity 0 to 2,000")
        }
    }

    func run() async throws {
        var report = try write()
        if let net { report.anchored = try await anchor(by: net) }
        output.show(report)
    }

    private func anchor(by net: String) async throws -> IntakeReport {
        let rows =
            switch format {
            case .csv: ["\(out)/csv", "--mapping", Self.mapping, "--by-time"]
            case .fhir: ["\(out)/fhir", "--assign", "\(out)/assignment.json"]
            }
        let places = placed.map { ["--placed", $0] } ?? []
        let intake = try IntakeOptions.parse(rows + ["--net", net] + places)
        return try await intake.run(waits: false, isQuiet: output.json)
    }

    private func write() throws -> SynthesisReport {
        do {
            let synthesis = Synthesis(
                tables: try RegionTables(folder: region, activity: activity), patients: patients,
                years: years, seed: seed, prevalence: prevalence)
            try Files.makeFolder("\(out)/\(format.rawValue)")
            let start = ContinuousClock.now
            let summary = try synthesis.write(
                RegionFormat(rawValue: format.rawValue) ?? .csv, into: "\(out)/\(format.rawValue)",
                truth: "\(out)/truth.csv"
            ) { day, days, records in
                ProgressLine.show("day \(day) of \(days), \(records) records")
            }
            ProgressLine.end()
            return SynthesisReport(
                records: summary.records, planted: summary.planted,
                seconds: (ContinuousClock.now - start) / .seconds(1), folder: out)
        } catch let error as SynthesisError {
            throw Failure(.file, "\(error)")
        }
    }
}

private struct SynthesisReport: Report {
    let records: Int
    let planted: Int
    let seconds: Double
    let folder: String
    /// What a devnet took of it, where it was to be anchored.
    var anchored: IntakeReport?

    var lines: [String] {
        let pace = seconds > 0 ? Int(Double(records) / seconds) : records
        return [
            "\(records) records and \(planted) planted cases in \(folder): \(pace) records/s"
        ] + (anchored?.lines ?? [])
    }
}
