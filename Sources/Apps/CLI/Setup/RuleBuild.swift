internal import Foundation
internal import Ledger
internal import Primitives
internal import RuleEngine
internal import RuleLanguage
internal import RuleSource

/// Makes of rule sources what a node runs and what a genesis names.
enum RuleBuild {
    /// The rules of a folder, all of them right.
    static func read(_ folder: String) throws(Failure) -> RuleFolder {
        let rules = RuleFolder(path: folder)
        guard rules.errors.isEmpty else {
            throw Failure(
                .refused,
                "the rules in \(folder) are not right:\n"
                    + rules.errors.map { "  \($0)" }.joined(separator: "\n"))
        }
        return rules
    }

    /// Writes each rule and table into a file that its hash names.
    static func write(_ rules: RuleFolder, to folder: String) throws(Failure) {
        try Files.makeFolder(folder)
        for item in rules.rules {
            try Files.write(item.rule.encode(), to: "\(folder)/\(item.checked.hash).rule")
        }
        for table in rules.tables {
            try write(table, to: folder)
        }
    }

    /// Writes a table into a file that its hash names.
    static func write(_ table: KnowledgeTable, to folder: String) throws(Failure) {
        try Files.write(table.encode(), to: "\(folder)/\(table.hash).table")
    }

    /// What a genesis says of the rules: all of them, run by the same institutions.
    static func versions(
        _ rules: RuleFolder, runners: [InstitutionID]
    ) -> [RuleVersion] {
        rules.rules.map { item in
            RuleVersion(id: item.rule.header.id, hash: item.checked.hash, runners: runners)
        }
    }

    /// The rules that a network's description names; none where it names none.
    ///
    /// - Throws: `Failure` where they are not there: nobody would notice a ledger without rules.
    static func rules(
        of network: NetworkFile
    ) throws(Failure) -> (folder: RuleFolder, versions: [RuleVersion])? {
        guard let named = network.rules else { return nil }
        guard Files.isThere(named.folder) else {
            throw Failure(
                .file,
                "the network's description names the rules in \(named.folder), which is not there; "
                    + "bring them, or take 'rules' out of it")
        }
        let folder = try read(named.folder)
        return (folder, versions(folder, runners: named.runners))
    }
}
