internal import Foundation
internal import Synthesis

/// How many records a second a region is made of, one core, written to disk.
enum SynthesisPace {
    private static let patients = 4_000

    static let benchmark = Benchmark(
        name: "synthesis.pace", unit: "records/s", better: .higher, runs: 3,
        settings: "\(patients) people of regions/county for two years, seed 1, as tables, one core"
    ) {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "synthesis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let synthesis = Synthesis(
            tables: try RegionTables(folder: Checkout.path("regions/county")),
            patients: patients, years: 2, seed: 1)
        var records = 0
        let time = try seconds {
            records = try synthesis.write(
                into: folder.path, truth: folder.appending(path: "truth.csv").path
            ).records
        }
        return Double(records) / time
    }
}
