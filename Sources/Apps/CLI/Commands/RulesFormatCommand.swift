internal import ArgumentParser
internal import Foundation
internal import RuleEngine
internal import RuleLanguage
internal import RuleSource

extension RulesCommand {
    /// Writes rules, predicates and reasoning rules in one way.
    struct Format: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put the fields of rules in order, and space their expressions alike.",
            discussion: """
                Comments stay with the field that they stand above. No rule changes what it means. \
                With --check nothing is written, and it ends with 1 where something would be.

                Examples:
                  custos rules format rules
                  custos rules format rules --check
                """)

        @Argument(help: "The folder of rules.")
        var folder = "rules"

        @Flag(help: "Only tell which files would change.")
        var check = false

        @OptionGroup var output: OutputOptions

        func run() throws {
            let rules = try RuleBuild.read(folder)
            let reader = RuleReader(
                schema: .facts(tables: rules.tables.map(\.schema)),
                reasoning: rules.reasoning.map(\.name.name))
            var changed: [String] = []
            for file in rules.rules.map(\.file) + rules.definitionFiles {
                let text = try Files.readText(file)
                let formatted: String
                do throws(SourceError) {
                    formatted = try RuleFormatter.format(
                        text, file: file, reader: reader, predicates: rules.predicates,
                        reasoning: rules.reasoning)
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

    /// Prints the JSON Schemas of rule files.
    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the JSON Schema of rule files, for editors.",
            discussion: """
                rules/rule.schema.json holds it, and rules/reasoning.schema.json, \
                rules/predicate.schema.json and rules/cases.schema.json those of reasoning rules, \
                of predicates and of the cases beside rules; docs/rules.md says how editors find \
                them.

                Examples:
                  custos rules schema
                  custos rules schema --cases
                """)

        /// Which files a schema is of.
        enum Of: String, EnumerableFlag {
            case reasoning, predicate, cases

            static func help(for value: Of) -> ArgumentHelp? {
                switch value {
                case .reasoning: "That of reasoning rules, which derive facts for others."
                case .predicate: "That of predicates."
                case .cases: "That of the cases beside rules."
                }
            }
        }

        @Flag var of: Of?

        func run() {
            let text =
                switch of {
                case nil: RuleSchemaFile.text
                case .reasoning: RuleSchemaFile.reasoningText
                case .predicate: RuleSchemaFile.predicateText
                case .cases: CaseSchemaFile.text
                }
            print(text, terminator: "")
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
