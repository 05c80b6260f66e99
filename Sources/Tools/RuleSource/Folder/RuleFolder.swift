internal import Foundation
public import RuleEngine
public import RuleLanguage

/// All rules, predicates, tables and tests under a folder, read and checked.
///
/// `tables/*.yaml` with `*.csv`, `predicates/*.yaml`, every other `*.yaml` a rule, and
/// `*.tests.yaml` its tests. What is wrong with one file does not hide what is right in others.
public struct RuleFolder: Sendable {
    public struct Entry: Sendable {
        /// The file, relative to the folder.
        public let file: String
        public let rule: CheckedRule
        public let tests: RuleTestFile?
    }

    /// In the order of their names.
    public private(set) var tables: [KnowledgeTable] = []
    /// In the order of their ids.
    public private(set) var rules: [Entry] = []
    /// Everything that is wrong, each with file, line and column.
    public private(set) var problems: [SourceError] = []
    private var predicates: [RuleLanguage.Predicate] = []
    private let root: URL

    public init(path: String) {
        root = URL(filePath: path)
        let files = RuleFolder.files(under: root)
        for file in files where file.hasPrefix("tables/") { attempt { try $0.readTable(file) } }
        tables.sort {
            $0.schema.name.utf8.lexicographicallyPrecedes($1.schema.name.utf8)
        }
        let reader = RuleReader(schema: schema)
        for file in files where file.hasPrefix("predicates/") {
            attempt { folder in
                let text = try folder.text(file)
                folder.predicates.append(try reader.predicate(text, file: file))
            }
        }
        for file in files where RuleFolder.isRule(file) {
            attempt { try $0.readRule(file, reader) }
        }
        rules.sort { $0.rule.rule.header.id < $1.rule.rule.header.id }
    }

    /// What rules may speak about with these tables.
    public var schema: RuleSchema { .facts(tables: tables.map(\.schema)) }

    private static func isRule(_ file: String) -> Bool {
        !file.hasPrefix("tables/") && !file.hasPrefix("predicates/")
            && !file.hasSuffix(".tests.yaml")
    }

    private static func files(under root: URL) -> [String] {
        let all = (try? FileManager.default.subpathsOfDirectory(atPath: root.path)) ?? []
        return all.filter { $0.hasSuffix(".yaml") }.sorted()
    }

    private mutating func attempt(_ step: (inout RuleFolder) throws -> Void) {
        do {
            try step(&self)
        } catch let error as SourceError {
            problems.append(error)
        } catch let error as RuleErrors {
            problems += error.errors.map { RuleFolder.located($0, "") }
        } catch {
            problems.append(SourceError(file: "", position: .none, message: "\(error)"))
        }
    }

    private static func located(_ error: RuleError, _ file: String) -> SourceError {
        SourceError(file: file, position: error.position, message: "\(error.problem)")
    }

    private func text(_ file: String) throws -> String {
        do {
            return try String(contentsOf: root.appending(path: file), encoding: .utf8)
        } catch {
            throw SourceError(file: file, position: .none, message: "the file cannot be read")
        }
    }

    private mutating func readTable(_ file: String) throws {
        let rows = String(file.dropLast(5)) + ".csv"
        tables.append(
            try TableReader.read(
                manifest: try text(file), manifestFile: file, rows: try text(rows),
                rowsFile: rows))
    }

    private mutating func readRule(_ file: String, _ reader: RuleReader) throws {
        let rule = try reader.rule(try text(file), file: file, predicates: predicates)
        let checked: CheckedRule
        do throws(RuleErrors) {
            checked = try rule.check(against: schema)
        } catch {
            problems += error.errors.map { RuleFolder.located($0, file) }
            return
        }
        let beside = String(file.dropLast(5)) + ".tests.yaml"
        var tests: RuleTestFile?
        if FileManager.default.fileExists(atPath: root.appending(path: beside).path) {
            tests = try RuleTestReader.read(try text(beside), file: beside)
        }
        rules.append(Entry(file: file, rule: checked, tests: tests))
    }
}
