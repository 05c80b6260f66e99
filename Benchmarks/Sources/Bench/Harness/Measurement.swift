internal import Foundation

/// What one benchmark found, over all its runs.
struct Measurement: Encodable {
    enum Better: String, Encodable, Sendable {
        case higher
        case lower
    }

    let name: String
    let median: Double
    let min: Double
    let max: Double
    let runs: Int
    let unit: String
    let better: Better
    let settings: String
    /// The most that the host took in a run of the time in which there was work, in percent.
    let stolenMax: Double?

    init(_ benchmark: Benchmark, values: [Double], stolen: [Double]) {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        name = benchmark.name
        median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        min = sorted[0]
        max = sorted[sorted.count - 1]
        runs = sorted.count
        unit = benchmark.unit
        better = benchmark.better
        settings = benchmark.settings
        stolenMax = stolen.max()
    }

    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    var line: String {
        func text(_ value: Double) -> String {
            value >= 100 ? String(Int(value.rounded())) : String(format: "%.3g", value)
        }
        let stolen = stolenMax.map { "; at most \(text($0)) % of the time with work for the host" }
        return "\(name): \(text(median)) \(unit)  (min \(text(min)), max \(text(max)), "
            + "\(runs) runs\(stolen ?? ""); \(better.rawValue) is better; \(settings))"
    }
}
