internal import ArgumentParser
internal import Foundation
internal import Primitives
internal import RuleEngine
internal import RuleLanguage
internal import RuleSource
internal import Storage
internal import Supervision

extension RulesCommand {
    /// Loads, compares and checks knowledge tables.
    struct Tables: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Load knowledge tables from files; compare, check and publish them.",
            discussion: """
                Examples:
                  custos rules tables check rules/tables
                  custos rules tables load mappings/tables/mue.yaml --data data --out new/tables
                  custos rules tables diff rules/tables new/tables
                  custos rules tables publish new/tables/mue.yaml --reason "2026 Q3"
                  custos rules tables running --node devnet/insurer
                  custos rules tables history mue
                """,
            subcommands: [
                Check.self, Diff.self, Load.self, Publish.self, Running.self, History.self,
            ])

        struct Check: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Say what tables there are, and what is wrong with them.")

            @Argument(help: "A folder of tables, or a manifest.")
            var path = "rules/tables"

            @OptionGroup var output: OutputOptions

            func run() throws {
                var report = TablesReport()
                for manifest in try TableFiles.manifests(path) {
                    do throws(SourceError) {
                        report.tables.append(
                            TablesReport.Item(try TableReader.table(manifestFile: manifest)))
                    } catch {
                        report.errors.append("\(error)")
                    }
                }
                output.show(report)
                if !report.errors.isEmpty { throw Ending.refused }
            }
        }

        struct Diff: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Say which rows came, went and changed between two versions.",
                discussion: "Ends with 1 where there is a difference.")

            @Argument(help: "A folder of tables, or a manifest: as it was.")
            var old: String

            @Argument(help: "The same, as it is.")
            var new: String

            @Option(help: "How many rows of a table are listed.")
            var limit = 20

            @OptionGroup var output: OutputOptions

            func run() throws {
                let before = try TableFiles.tables(old)
                let after = try TableFiles.tables(new)
                var report = DifferenceReport(limit: limit)
                for table in after {
                    let name = table.schema.name
                    if let known = before.first(where: { $0.schema.name == name }) {
                        report.add(TableDifference(from: known, to: table))
                    } else {
                        report.onlyNew.append(name)
                    }
                }
                let names = after.map(\.schema.name)
                report.onlyOld = before.map(\.schema.name).filter { !names.contains($0) }
                output.show(report)
                if !report.isEmpty { throw Ending.refused }
            }
        }

        struct Load: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Make a table of published files, as a mapping says.",
                discussion: """
                    Files that end in .gz are read through the system's gzip.

                    Example:
                      custos rules tables load mappings/tables/mue.yaml --data data --out new/tables
                    """)

            @Argument(help: "Mappings (mappings/tables/*.yaml).")
            var mappings: [String]

            @Option(help: "The folder that holds the published files.")
            var data: String

            @Option(help: "The folder to write manifests and rows to.")
            var out: String

            @OptionGroup var output: OutputOptions

            func run() throws {
                var report = LoadReport()
                var makers: [String: String] = [:]
                for path in mappings {
                    do throws(SourceError) {
                        let mapping = try TableMapping(try Self.text(path), file: path)
                        if let other = makers.updateValue(path, forKey: mapping.table) {
                            throw SourceError(
                                file: path, position: .none,
                                message: "it makes the table '\(mapping.table)', as \(other) "
                                    + "does; load each into a folder of its own")
                        }
                        var texts: [(text: String, file: String)] = []
                        for name in mapping.files {
                            let file = "\(data)/\(name)"
                            texts.append((try Self.data(file, for: path), file))
                        }
                        let loaded = try mapping.load(texts)
                        let place = "\(out)/\(mapping.table)"
                        _ = try TableReader.table(
                            manifest: loaded.manifest, manifestFile: "\(place).yaml",
                            rows: loaded.rows, rowsFile: "\(place).csv")
                        try Self.makeFolder(out)
                        try Self.write(loaded.manifest, to: "\(place).yaml")
                        try Self.write(loaded.rows, to: "\(place).csv")
                        report.tables.append(LoadReport.Item(mapping.table, loaded))
                    } catch {
                        throw Failure(.refused, "\(error)")
                    }
                }
                output.show(report)
            }

            private static func text(_ path: String) throws(SourceError) -> String {
                do throws(Failure) {
                    return try Files.readText(path)
                } catch {
                    throw SourceError(file: path, position: .none, message: error.message)
                }
            }

            private static func data(
                _ path: String, for mapping: String
            ) throws(SourceError) -> String {
                if Files.isThere(path) { return try text(path) }
                guard Files.isThere("\(path).gz") else {
                    throw SourceError(
                        file: mapping, position: .none,
                        message: "there is neither \(path) nor \(path).gz, which its 'file:' names")
                }
                guard let bytes = TableFiles.unpack("\(path).gz"),
                    let text = String(validating: bytes, as: UTF8.self)
                else {
                    throw SourceError(
                        file: "\(path).gz", position: .none, message: "gzip cannot unpack it")
                }
                return text
            }

            private static func makeFolder(_ path: String) throws(SourceError) {
                do throws(Failure) {
                    try Files.makeFolder(path)
                } catch {
                    throw SourceError(file: path, position: .none, message: error.message)
                }
            }

            private static func write(_ text: String, to path: String) throws(SourceError) {
                do throws(Failure) {
                    try Files.write(Array(text.utf8), to: path)
                } catch {
                    throw SourceError(file: path, position: .none, message: error.message)
                }
            }
        }
    }
}

/// The files of knowledge tables.
enum TableFiles {
    /// The manifests in a folder by name, or the one manifest that was named.
    static func manifests(_ path: String) throws(Failure) -> [String] {
        if path.hasSuffix(".yaml") { return [path] }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw Failure(.file, "cannot read the folder \(path)")
        }
        return names.sorted().filter { $0.hasSuffix(".yaml") }.map { "\(path)/\($0)" }
    }

    static func tables(_ path: String) throws(Failure) -> [KnowledgeTable] {
        var tables: [KnowledgeTable] = []
        for manifest in try manifests(path) {
            do throws(SourceError) {
                tables.append(try TableReader.table(manifestFile: manifest))
            } catch {
                throw Failure(.refused, "\(error)")
            }
        }
        return tables
    }

    /// The table of a hash in a folder of canonical tables; nil where there is none.
    static func table(_ hash: Digest, in folder: String) -> KnowledgeTable? {
        guard let file = try? MappedFile(TableShelf.path(hash, in: folder)) else { return nil }
        return try? KnowledgeTable.decode(unsafe TableBytes(file.bytes, heldBy: file))
    }

    /// The bytes of a file that gzip compressed.
    static func unpack(_ path: String) -> [UInt8]? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", path]
        let pipe = Pipe()
        process.standardOutput = pipe
        guard (try? process.run()) != nil else { return nil }
        let bytes = [UInt8](pipe.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        return process.terminationStatus == 0 ? bytes : nil
    }
}

private struct TablesReport: Report {
    struct Item: Encodable {
        let name: String
        let rows: Int
        let keys: String
        let hasValidity: Bool
        let hash: String
        let source: String
        let licence: String

        init(_ table: KnowledgeTable) {
            name = table.schema.name
            rows = table.rows.count
            keys = table.schema.keys.map { "\($0.name): \($0.type)" }.joined(separator: ", ")
            hasValidity = table.schema.hasValidity
            hash = table.hash.description
            source = table.source
            licence = table.licence
        }
    }

    var tables: [Item] = []
    var errors: [String] = []

    var lines: [String] {
        var view = Table("table", "rows", "found by", "validity", "hash")
        for table in tables {
            view.add(
                table.name, "\(table.rows)", table.keys, table.hasValidity ? "by day" : "always",
                "\(table.hash.prefix(12))…")
        }
        return errors + view.lines + ["\(tables.count) tables are right; \(errors.count) errors"]
    }
}

private struct DifferenceReport: Report {
    struct Item: Encodable {
        let table: String
        let added: Int
        let removed: Int
        let changed: Int
        let rows: [String]
    }

    let limit: Int
    var tables: [Item] = []
    var onlyOld: [String] = []
    var onlyNew: [String] = []

    init(limit: Int) {
        self.limit = limit
    }

    var isEmpty: Bool { tables.isEmpty && onlyOld.isEmpty && onlyNew.isEmpty }

    mutating func add(_ difference: TableDifference) {
        guard !difference.changes.isEmpty else { return }
        let rows = difference.changes.prefix(limit).map { change in
            switch (change.before, change.after) {
            case (let before?, let after?): "~ \(change.key): \(before) → \(after)"
            case (let before?, nil): "- \(change.key): \(before)"
            case (nil, let after): "+ \(change.key): \(after ?? "")"
            }
        }
        tables.append(
            Item(
                table: difference.table, added: difference.addedCount,
                removed: difference.removedCount, changed: difference.changedCount, rows: rows))
    }

    var lines: [String] {
        var lines = onlyNew.map { "\($0): is new" }
        for table in tables {
            let counts = "\(table.added) new, \(table.removed) gone, \(table.changed) changed"
            lines.append("\(table.table): \(counts)")
            lines += table.rows.map { "  \($0)" }
        }
        if !onlyOld.isEmpty {
            lines.append("only in the old folder: \(onlyOld.joined(separator: ", "))")
        }
        return lines.isEmpty ? ["no difference"] : lines
    }
}

private struct LoadReport: Report {
    struct Item: Encodable {
        let table: String
        let rows: Int
        let leftOut: Int
        let doubles: Int

        init(_ table: String, _ loaded: LoadedTable) {
            self.table = table
            rows = loaded.rowCount
            leftOut = loaded.leftOut
            doubles = loaded.doubles
        }
    }

    var tables: [Item] = []

    var lines: [String] {
        tables.map { table in
            "\(table.table): \(table.rows) rows; \(table.leftOut) not meant, "
                + "\(table.doubles) doubles left out"
        }
    }
}
