internal import Findings
internal import Ledger
internal import Primitives
internal import RuleEngine
internal import RuleLanguage
internal import Storage

/// The canonical rules and knowledge tables in a folder of the node, by the hashes of their bytes.
///
/// `<hash>.rule` holds a canonical rule, `<hash>.table` a knowledge table, the hash in hexadecimal.
/// A file whose bytes have another hash than its name says is refused, so that what runs is what
/// the ledger names.
struct RuleLibrary {
    /// The tables, by name.
    let tables: [KnowledgeTable]
    /// Files that were refused, and why.
    let problems: [String]

    private let folder: String

    /// Reads the tables in `folder`; rules are read when they are asked for.
    init(folder: String) throws(SupervisionError) {
        self.folder = folder
        var tables: [String: KnowledgeTable] = [:]
        var problems: [String] = []
        let names = try storage { () throws(StorageError) in
            try Directory.make(folder)
            return try Directory.names(in: folder)
        }
        for name in names where name.hasSuffix(".table") {
            let bytes = try storage { () throws(StorageError) in
                try SmallFile.read(folder + "/" + name)
            }
            do throws(KnowledgeError) {
                let table = try KnowledgeTable.decode(bytes)
                if name != "\(table.hash).table" {
                    problems.append("\(name): the table in it has the hash \(table.hash)")
                } else if tables.updateValue(table, forKey: table.schema.name) != nil {
                    problems.append(
                        "\(name): a second table '\(table.schema.name)'; one of them must go")
                }
            } catch {
                problems.append("\(name): \(error)")
            }
        }
        self.tables = tables.values.sorted { $0.schema.name < $1.schema.name }
        self.problems = problems
    }

    /// What rules may speak about on this node.
    var schema: RuleSchema { .facts(tables: tables.map(\.schema)) }

    /// The checked rule of a version that the ledger names.
    ///
    /// - Throws: ``RuleRefusal``, in words for the operator.
    func rule(
        _ version: RuleVersion, beside further: [Digest: Rule] = [:]
    ) throws(RuleRefusal) -> CheckedRule {
        let name = "\(version.hash).rule"
        let rule: Rule
        if let known = further[version.hash] { rule = known } else { rule = try read(name) }
        guard rule.hash == version.hash, rule.header.id == version.id else {
            throw RuleRefusal(
                reason: "\(name) holds \(rule.header.id) with the hash \(rule.hash)")
        }
        do throws(RuleErrors) {
            return try rule.check(against: schema)
        } catch {
            throw RuleRefusal(reason: "\(name) does not fit the tables of this node: \(error)")
        }
    }

    /// The canonical rule and the tables that a finding rests on; nil where one is not here.
    func material(of outline: FindingOutline) -> RuleMaterial? {
        guard let rule = try? read("\(outline.ruleHash).rule"), rule.hash == outline.ruleHash
        else { return nil }
        var parts: [BundleParts.Table] = []
        for used in outline.tables {
            guard let table = table(used.hash) else { return nil }
            parts.append(BundleParts.Table(name: used.name, bytes: table.encode()))
        }
        return RuleMaterial(rules: [rule.encode()], tables: parts)
    }

    /// A table that is in use here, or that is still in the folder.
    private func table(_ hash: Digest) -> KnowledgeTable? {
        if let table = tables.first(where: { $0.hash == hash }) { return table }
        guard let bytes = try? SmallFile.read("\(folder)/\(hash).table"),
            let table = try? KnowledgeTable.decode(bytes), table.hash == hash
        else { return nil }
        return table
    }

    private func read(_ name: String) throws(RuleRefusal) -> Rule {
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try SmallFile.read(folder + "/" + name, atMost: Rule.byteCountMax)
        } catch {
            throw RuleRefusal(reason: "\(name) cannot be read: \(error)")
        }
        do throws(CBORError) {
            return try Rule.decode(bytes)
        } catch {
            throw RuleRefusal(reason: "\(name) is no canonical rule: \(error)")
        }
    }
}

/// Why a rule does not run on this node.
struct RuleRefusal: Error {
    let reason: String
}
