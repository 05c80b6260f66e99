internal import Ledger
internal import Primitives
internal import RuleEngine
internal import RuleLanguage

extension Supervisor {
    /// The job that a request is, where it takes too long to be answered at once.
    public func job(for request: [UInt8]) throws(SupervisionError) -> (any DeskJob)? {
        switch try DeskRequest.decode(request) {
        case .backTest(let rule): try backTest(rule: rule)
        case .backTestTable(let hash): try backTest(table: hash)
        default: nil
        }
    }

    /// Does all of a job on this thread.
    func finish(_ job: any DeskJob) throws(SupervisionError) -> [UInt8] {
        do {
            while let work = try job.next() { work() }
            return try job.answer()
        } catch let error as SupervisionError {
            throw error
        } catch {
            throw .rules("\(error)")
        }
    }

    private func backTest(rule bytes: [UInt8]) throws(SupervisionError) -> BackTest {
        let rule: Rule
        do throws(CBORError) {
            rule = try Rule.decode(bytes)
        } catch {
            throw .malformed(what: "canonical rule", error)
        }
        let (rules, shelf) = try ruleParts()
        let candidate = RuleVersion(id: rule.header.id, hash: rule.hash, runners: [])
        return backTest(
            BackTestBench.Setting(
                versions: [candidate], tables: rules.tables, bodies: [rule.hash: rule]),
            besides: rules.versions.filter { $0.hash != rule.hash }, rules, shelf)
    }

    private func backTest(table hash: Digest) throws(SupervisionError) -> BackTest {
        let (rules, shelf) = try ruleParts()
        let table: KnowledgeTable
        do throws(RuleRefusal) {
            guard let found = try shelf.table(hash) else {
                throw RuleRefusal(reason: "the table \(hash) is not in the folder of this node")
            }
            table = found
        } catch {
            throw .rules(error.reason)
        }
        let name = table.schema.name
        let version = TableVersion(
            name: name, hash: hash, byteCount: UInt64(table.byteCount))
        let using = rules.versions.filter { $0.trial == nil && rules.reads($0.hash, table: name) }
        guard !using.isEmpty else {
            throw .rules("no rule in force here looks things up in the table '\(name)'")
        }
        return backTest(
            BackTestBench.Setting(
                versions: using, tables: rules.tables.filter { $0.name != name } + [version]),
            besides: rules.versions, rules, shelf)
    }

    private func backTest(
        _ candidates: BackTestBench.Setting, besides others: [RuleVersion], _ rules: RuleHost,
        _ shelf: TableShelf
    ) -> BackTest {
        BackTest(
            entries: entries, people: identities.book, candidates: candidates,
            running: BackTestBench.Setting(versions: others, tables: rules.tables),
            shelf: shelf
        ) { [unowned self] () throws(SupervisionError) in try decidedCases() }
    }

    private func ruleParts() throws(SupervisionError) -> (RuleHost, TableShelf) {
        guard let rules, let shelf else { throw .rules("this node has no folder of them") }
        return (rules, shelf)
    }
}
