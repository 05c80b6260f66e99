internal import ArgumentParser
internal import Foundation
internal import RuleEngine
internal import RuleLanguage
internal import RuleSource

extension RulesCommand {
    /// Writes rules and predicates in one way.
    struct Format: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put the fields of rules in order, and space their expressions alike.",
            discussion: """
                Comments stay with the field that they stand above. No rule changes what it means. \
                With --check nothing is written, and it ends with 1 where something would be.
                """)

        @Argument(help: "The folder of rules.")
        var folder = "rules"

        @Flag(help: "Only tell which files would change.")
        var check = false

        @OptionGroup var output: OutputOptions

        func run() throws {
            let rules = try RuleBuild.read(folder)
            let reader = RuleReader(schema: .facts(tables: rules.tables.map(\.schema)))
            var changed: [String] = []
            let predicates = rules.predicates.map { "\(folder)/predicates/\($0.name.name).yaml" }
            for file in rules.rules.map(\.file) + predicates.filter(Files.isThere) {
                let text = try Files.readText(file)
                let formatted: String
                do throws(SourceError) {
                    formatted = try RuleFormatter.format(
                        text, file: file, reader: reader, predicates: rules.predicates)
                } catch {
                    throw Failure(.refused, "\(error)")
                }
                guard formatted != text else { continue }
                changed.append(file)
                if !check { try Files.write(Array(formatted.utf8), to: file) }
            }
            output.show(FormatReport(changed: changed, isWritten: !check))
            if check, !changed.isEmpty { throw Ending.refused }
        }
    }

    /// Prints the JSON Schema of rule files.
    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the JSON Schema of rule files, for editors.",
            discussion: "rules/rule.schema.json holds it; docs/rules.md says how editors find it.")

        func run() {
            print(RuleSchemaFile.text, terminator: "")
        }
    }
}

private struct FormatReport: Report {
    let changed: [String]
    let isWritten: Bool

    var lines: [String] {
        let state = isWritten ? "written anew" : "would be written anew"
        return changed + ["\(changed.count) files \(state)"]
    }
}
