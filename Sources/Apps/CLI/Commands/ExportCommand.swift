internal import ArgumentParser
internal import Batch
internal import Interop
internal import Primitives
internal import Records

/// Writes facts for sweeps.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the facts of a region into a folder that `custos sweep` reads.",
        discussion: """
            Facts are written as lines of JSON, by kind and some thousands a file \
            (docs/formats/facts.md), so that other programs, Apache Spark among them, read them, \
            too. Where and when each was anchored is said as `custos score` has it: in the order \
            of the tables' times.

            Examples:
              custos synthesize --patients 600 --years 1 --seed 7 --out region
              custos export --region region --out facts
              custos export --region region --out facts --rows 20000 --json
            """)

    @Option(help: "A region's folder, with its tables under csv/.")
    var region: String

    @Option(help: "The mapping of the region's tables, or folder of mappings.")
    var mapping = "mappings/region"

    @Option(help: "The folder to make.")
    var out: String

    @Option(help: "How many facts a file has at most.")
    var rows = 100_000

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard rows > 0 else { throw ValidationError("--rows is 1 or more") }
    }

    func run() throws {
        do {
            var facts = try OfflineFacts(folder: "\(region)/csv", mapping: mapping)
            var writer = try FactFolderWriter(path: out, rowsOfFile: rows)
            var present = Timestamp(milliseconds: .min)
            while let fact = try facts.next() {
                present = max(present, fact.position.anchored)
                try writer.add(fact)
            }
            let folder = try writer.finish(present: present)
            output.show(ExportReport(folder: out, facts: folder.manifest.facts))
        } catch let error as BatchError {
            throw Failure(.file, "\(error)")
        } catch let error as InteropError {
            throw Failure(.file, "\(error)")
        }
    }
}

/// How many facts of each kind were written.
struct ExportReport: Report {
    let folder: String
    let facts: [String: Int]

    var lines: [String] {
        var table = Table("kind", "facts")
        for (kind, count) in facts.sorted(by: { $0.key < $1.key }) { table.add(kind, "\(count)") }
        return table.lines
    }
}
