internal import Foundation
public import RuleEngine
public import RuleLanguage

/// A folder of rules, predicates, reasoning rules and tables, read and checked as a whole.
public struct RuleFolder: Sendable {
    /// A rule that passed every check, and the file it stands in.
    public struct Item: Sendable {
        public let file: String
        public let checked: CheckedRule

        public var rule: Rule { checked.rule }
    }

    /// By rule id, increasing.
    public private(set) var rules: [Item] = []
    public private(set) var tables: [KnowledgeTable] = []
    public private(set) var predicates: [RuleLanguage.Predicate] = []
    public private(set) var reasoning: [Derivation] = []
    /// The files of the predicates, by name.
    private var predicateFiles: [String: String] = [:]
    /// The files of the reasoning rules, by name.
    private var reasoningFiles: [String: String] = [:]
    /// The files of predicates and reasoning rules, by name.
    public var definitionFiles: [String] {
        predicateFiles.values.sorted() + reasoningFiles.values.sorted()
    }
    private var constants = WrittenConstants([])
    /// The names of predicates and reasoning rules whose files cannot be read, which is told there.
    private var unreadable: Set<String> = []
    /// Everything that is wrong, in the order of the files.
    public private(set) var errors: [SourceError] = []

    /// Reads what lies under `path`: `tables/`, `predicates/`, `reasoning/`, and rules in any other
    /// folder.
    public init(path: String) {
        let names = ((try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []).sorted()
        let files = names.filter { $0.hasSuffix(".yaml") && !$0.hasSuffix(".tests.yaml") }
        if files.isEmpty {
            errors.append(
                SourceError(file: path, position: .none, message: "there are no rules here"))
        }
        for name in files where name.hasPrefix("tables/") { readTable("\(path)/\(name)") }
        constants = WrittenConstants(tables)
        let schema = RuleSchema.facts(tables: tables.map(\.schema))
        let reasoningNames = files.filter { $0.hasPrefix("reasoning/") }.map {
            (try? Self.text("\(path)/\($0)")).flatMap(RuleReader.reasoningName) ?? Self.name(of: $0)
        }
        let reader = RuleReader(schema: schema, reasoning: reasoningNames)
        for name in files where name.hasPrefix("predicates/") {
            let isRead = attempt("\(path)/\(name)") { (folder, text, file) throws(SourceError) in
                try folder.take(try reader.predicate(text, file: file), file)
            }
            if !isRead { unreadable.insert(Self.name(of: name)) }
        }
        for (name, kind) in zip(files.filter { $0.hasPrefix("reasoning/") }, reasoningNames) {
            let isRead = attempt("\(path)/\(name)") { (folder, text, file) throws(SourceError) in
                try folder.take(try reader.derivation(text, file: file), file)
            }
            if !isRead { unreadable.insert(kind) }
        }
        checkPredicates(schema)
        checkReasoning(schema)
        let others = ["tables/", "predicates/", "reasoning/"]
        for name in files where !others.contains(where: { name.hasPrefix($0) }) {
            attempt("\(path)/\(name)") { (folder, text, file) throws(SourceError) in
                let rule = try reader.rule(
                    text, file: file, predicates: folder.predicates, reasoning: folder.reasoning)
                folder.check(rule, file, schema)
            }
        }
        rules.sort { $0.rule.header.id.utf8.lexicographicallyPrecedes($1.rule.header.id.utf8) }
    }

    private mutating func check(_ rule: Rule, _ file: String, _ schema: RuleSchema) {
        let id = rule.header.id
        if let other = rules.first(where: { $0.rule.header.id == id }) {
            return errors.append(
                SourceError(
                    file: file, position: .none,
                    message: "\(other.file) holds a rule with the id \(id), too"))
        }
        guard file.hasSuffix("/\(id).yaml") else {
            return errors.append(
                SourceError(
                    file: file, position: .none,
                    message: "the rule in it has the id \(id); the file of a rule is named after "
                        + "its id"))
        }
        let count = errors.count
        look(at: rule.parts, file)
        guard errors.count == count else { return }
        do throws(RuleErrors) {
            let checked = try rule.check(against: schema)
            let stage = rule.header.attributes.first { $0.name == .stage }?.text ?? ""
            if let problem = StageBudget.problem(checked.cost, stage: stage) {
                return errors.append(
                    SourceError(file: file, position: .none, message: problem))
            }
            rules.append(Item(file: file, checked: checked))
        } catch {
            add(error, file)
        }
    }

    /// Looks at what is written out in a file and cannot be right.
    private mutating func look(at expressions: [RuleLanguage.Expression], _ file: String) {
        for problem in constants.problems(expressions) {
            errors.append(
                SourceError(file: file, position: problem.position, message: problem.message))
        }
    }

    private mutating func take(_ derivation: Derivation, _ file: String) throws(SourceError) {
        if let other = reasoningFiles[derivation.label] {
            let name = derivation.name.name
            let known = derivation.rule.map { "by '\($0.name)', too" }
            throw SourceError(
                file: file, position: (derivation.rule ?? derivation.name).position,
                message: "\(other) derives '\(name)' "
                    + (known ?? "too; tell the two apart: 'rule: NAME'"))
        }
        reasoningFiles[derivation.label] = file
        reasoning.append(derivation)
    }

    private mutating func take(
        _ predicate: RuleLanguage.Predicate, _ file: String
    ) throws(SourceError) {
        let name = predicate.name.name
        if let other = predicateFiles.updateValue(file, forKey: name) {
            throw SourceError(
                file: file, position: predicate.name.position,
                message: "\(other) holds a predicate '\(name)', too")
        }
        predicates.append(predicate)
    }

    /// Checks each predicate by itself, so that one that no rule asks is found wrong as well.
    private mutating func checkPredicates(_ schema: RuleSchema) {
        for predicate in predicates {
            look(at: predicate.parts, predicateFiles[predicate.name.name] ?? "")
            do throws(RuleErrors) {
                try predicate.check(
                    against: schema, predicates: predicates, reasoning: reasoning)
            } catch {
                add(error, predicateFiles[predicate.name.name] ?? "")
            }
        }
    }

    private mutating func checkReasoning(_ schema: RuleSchema) {
        for derivation in reasoning {
            look(at: derivation.parts, reasoningFiles[derivation.label] ?? "")
            do throws(RuleErrors) {
                try derivation.check(
                    against: schema, predicates: predicates, reasoning: reasoning)
            } catch {
                add(error, reasoningFiles[derivation.label] ?? "")
            }
        }
    }

    /// Adds what is wrong, once; what is wrong with a predicate or a reasoning rule is so in its
    /// own file.
    private mutating func add(_ found: RuleErrors, _ file: String) {
        for error in found.errors where !follows(error.problem) {
            var file = file
            switch error.problem {
            case .reasoning(let name, _): file = reasoningFiles[name] ?? file
            case .predicate(let name, _): file = predicateFiles[name] ?? file
            default: break
            }
            let located = SourceError(
                file: file, position: error.position, message: "\(error.problem)")
            if !errors.contains(located) { errors.append(located) }
        }
    }

    /// Whether a problem is only that what it names cannot be read.
    private func follows(_ problem: RuleProblem) -> Bool {
        switch problem {
        case .unknownKind(let name, _), .unknownFunction(let name, _, _):
            unreadable.contains(name)
        case .reasoning(_, let inner), .predicate(_, let inner): follows(inner)
        default: false
        }
    }

    /// The name of a file without its folder and ending.
    private static func name(of file: String) -> String {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        return name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name
    }

    private mutating func readTable(_ manifest: String) {
        attempt(manifest) { (folder, text, file) throws(SourceError) in
            let rowsFile = String(file.dropLast(5)) + ".csv"
            folder.tables.append(
                try TableReader.table(
                    manifest: text, manifestFile: file, rows: try Self.text(rowsFile),
                    rowsFile: rowsFile))
        }
    }

    /// Does something with the text of a file; false where that cannot be done, which is told.
    @discardableResult
    private mutating func attempt(
        _ file: String,
        _ body: (inout RuleFolder, _ text: String, _ file: String) throws(SourceError) -> Void
    ) -> Bool {
        do throws(SourceError) {
            try body(&self, try Self.text(file), file)
            return true
        } catch {
            errors.append(error)
            return false
        }
    }

    static func text(_ file: String) throws(SourceError) -> String {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw SourceError(file: file, position: .none, message: "cannot be read as text")
        }
        return text
    }
}
