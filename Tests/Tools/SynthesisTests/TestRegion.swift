import Foundation
import Primitives
import Testing

@testable import Synthesis

/// The county's tables, and small regions made of them.
enum TestRegion {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let county = root.appending(path: "regions/county")

    static func tables(activity: Int? = nil) throws -> RegionTables {
        try RegionTables(folder: county.path, activity: activity)
    }

    /// The county, with one of its settings changed.
    static func tables(_ setting: String, _ value: Int) throws -> RegionTables {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "county-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: county, to: folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "settings.csv")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .map { $0.hasPrefix("\(setting),") ? "\(setting),\(value),changed" : String($0) }
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        return try RegionTables(folder: folder.path)
    }

    /// The files of a region of one year, by their names.
    static func files(
        patients: Int, seed: UInt64, prevalence: Int = 1_000, format: RegionFormat = .csv,
        of tables: RegionTables? = nil
    ) throws -> [String: String] {
        let parent = FileManager.default.temporaryDirectory.appending(
            path: "region-\(UUID().uuidString)")
        let folder = parent.appending(path: "rows")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: parent) }
        let synthesis = Synthesis(
            tables: try tables ?? self.tables(), patients: patients, years: 1, seed: seed,
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
