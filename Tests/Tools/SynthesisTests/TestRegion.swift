import Foundation
import Primitives
import Testing

@testable import Synthesis

/// The county's tables, and small regions made of them.
enum TestRegion {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func tables() throws -> RegionTables {
        try RegionTables(folder: root.appending(path: "regions/county").path)
    }

    /// The files of a region of one year, by their names.
    static func files(
        patients: Int, seed: UInt64, prevalence: Int = 1_000, format: RegionFormat = .csv
    ) throws -> [String: String] {
        let parent = FileManager.default.temporaryDirectory.appending(
            path: "region-\(UUID().uuidString)")
        let folder = parent.appending(path: "rows")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: parent) }
        let synthesis = Synthesis(
            tables: try tables(), patients: patients, years: 1, seed: seed,
            prevalence: prevalence)
        let truth = folder.appending(path: "truth.csv")
        _ = try synthesis.write(format, into: folder.path, truth: truth.path)
        var files: [String: String] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            files[String(name.prefix { $0 != "." })] = try String(
                contentsOf: folder.appending(path: name), encoding: .utf8)
        }
        return files
    }

    /// The day of a time as tables write it, counted from anywhere.
    static func day(_ time: String) -> Int {
        let parts = time.prefix(10).split(separator: "-").compactMap { Int($0) }
        return Day(year: parts[0], month: parts[1], day: parts[2]).map { Int($0.number) } ?? 0
    }

    /// A file of these bytes.
    static func temporary(_ bytes: [UInt8]) throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(
            path: "table-\(UUID().uuidString).csv")
        try Data(bytes).write(to: path)
        return path.path
    }

    /// Rows by the names of their columns.
    static func rows(_ text: String) -> [[String: String]] {
        let lines = text.split(separator: "\n")
        guard let header = lines.first?.split(separator: ",").map(String.init) else { return [] }
        return lines.dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            return Dictionary(
                zip(header, cells.map(String.init)), uniquingKeysWith: { first, _ in first })
        }
    }
}
