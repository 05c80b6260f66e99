internal import ArgumentParser

/// Anchors a few resources and waits until they stand on the ledger.
struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Anchor a few FHIR resources, and wait until they stand on the ledger.",
        discussion: """
            As `custos ingest`, but it returns only when every entry is on the ledger, and says \
            where each one stands. Ends with 1 where anything was refused.

            Examples:
              custos submit claim.json --node devnet/county-hospital
              custos submit visit.ndjson --net devnet --assign samples/institutions.json --json
            """)

    @OptionGroup var intake: IntakeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let report = try await intake.run(waits: true, isQuiet: output.json)
        output.show(SubmitReport(intake: report))
        if report.problemCount + report.refusalCount > 0 { throw Ending.refused }
    }
}

private struct SubmitReport: Report {
    let intake: IntakeReport

    func encode(to encoder: any Encoder) throws {
        try intake.encode(to: encoder)
    }

    var lines: [String] {
        var table = Table("leaf", "block", "issuer", "number", "from")
        for entry in intake.placed.sorted(by: { $0.leaf < $1.leaf }) {
            table.add(
                String(entry.leaf), String(entry.height), entry.issuer, String(entry.number),
                entry.origin)
        }
        return intake.lines + [""] + table.lines
    }
}
