internal import Findings
internal import Ledger
internal import Primitives
internal import RuleEngine
internal import RuleLanguage
internal import Storage

/// The canonical rules and knowledge tables in a folder of the node, by the hashes of their bytes.
///
/// `<hash>.rule` holds a canonical rule, `<hash>.table` a knowledge table, the hash in hexadecimal.
/// Of a table that the ledger names, the version is used that it names; of others, the one that
/// was put into the folder. A file whose bytes have another hash than its name says is refused, so
/// that what runs is what the ledger names.
struct RuleLibrary {
    /// The tables, by name.
    let tables: [KnowledgeTable]
    /// Tables that are not used, and why.
    let problems: [String]

    private let shelf: TableShelf

    /// Opens the tables on the shelf; rules are read when they are asked for.
    init(_ shelf: TableShelf, _ versions: [TableVersion]) throws(SupervisionError) {
        self.shelf = shelf
        var tables: [String: KnowledgeTable] = [:]
        var problems: [String] = []
        func open(_ hash: Digest) -> KnowledgeTable? {
            do throws(RuleRefusal) {
                return try shelf.table(hash)
            } catch {
                problems.append(error.reason)
                return nil
            }
        }
        for version in versions {
            guard shelf.has(version.hash) else {
                problems.append("the table '\(version.name)' has not come yet: \(version.hash)")
                continue
            }
            guard let table = open(version.hash) else { continue }
            if table.schema.name == version.name {
                tables[version.name] = table
            } else {
                problems.append(
                    "the table of '\(version.name)' on the ledger is '\(table.schema.name)'")
            }
        }
        let governed = Set(versions.map(\.name))
        for hash in try storage({ () throws(StorageError) in try shelf.hashes() }) {
            guard let table = open(hash), !governed.contains(table.schema.name) else { continue }
            if tables.updateValue(table, forKey: table.schema.name) != nil {
                problems.append(
                    "\(hash).table: a second table '\(table.schema.name)'; one of them must go, "
                        + "or the ledger name one")
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
            // One that is larger is fetched by its hash, once for all findings.
            guard table.byteCount <= BundleParts.tableByteCountMax else { continue }
            parts.append(BundleParts.Table(name: used.name, bytes: table.encode()))
        }
        return RuleMaterial(rules: [rule.encode()], tables: parts)
    }

    /// A table that is in use here, or that is still in the folder.
    private func table(_ hash: Digest) -> KnowledgeTable? {
        if let table = tables.first(where: { $0.hash == hash }) { return table }
        guard let found = try? shelf.table(hash) else { return nil }
        return found
    }

    private func read(_ name: String) throws(RuleRefusal) -> Rule {
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try SmallFile.read(shelf.folder + "/" + name, atMost: Rule.byteCountMax)
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
