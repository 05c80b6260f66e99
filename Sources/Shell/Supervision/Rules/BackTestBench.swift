internal import Findings
internal import Ledger
internal import Primitives
internal import RuleLanguage
internal import Synchronization

/// Two engines over the same facts: rules that are tried, and those that run.
///
/// Whoever holds the bench may use it from any thread.
final class BackTestBench: Sendable {
    /// Rules, the tables that they look things up in, and bodies that need not lie in the folder.
    struct Setting: Sendable {
        let versions: [RuleVersion]
        let tables: [TableVersion]
        var bodies: [Digest: Rule] = [:]
    }

    /// What an engine said of all facts.
    struct Result: Sendable {
        var findings: [OpenFinding] = []
        /// How often each rule, by its hash, answered `not evaluated`.
        var unevaluated: [Digest: (sealed: Int, unknown: Int)] = [:]
        /// Why rules do not run, by their hashes.
        var problems: [Digest: String] = [:]
    }

    private struct Engine {
        var runner: (any RuleRunner)?
        var problems: [Digest: String] = [:]
    }

    private let settings: [Setting]
    private let shelf: TableShelf
    private let engines: Mutex<[Engine]>

    init(_ settings: [Setting], shelf: TableShelf) {
        self.settings = settings
        self.shelf = shelf
        engines = Mutex(settings.map { _ in Engine() })
    }

    /// Hands a block to the engines, which are made with the first one.
    func take(_ block: FactFeed.Block) {
        engines.withLock { engines in
            for (place, setting) in settings.enumerated() {
                if engines[place].runner == nil, engines[place].problems.isEmpty {
                    engines[place] = make(setting)
                }
                engines[place].runner?.take(
                    facts: block.facts, sealed: block.sealed, present: block.mark.anchored)
            }
        }
    }

    private func make(_ setting: Setting) -> Engine {
        do throws(SupervisionError) {
            let (runner, problems) = try EngineRunner.make(
                setting.versions, tables: setting.tables, shelf: shelf, beside: setting.bodies)
            return Engine(runner: runner, problems: problems)
        } catch {
            let problems = setting.versions.map { ($0.hash, "\(error)") }
            return Engine(problems: Dictionary(problems) { first, _ in first })
        }
    }

    /// What each engine said, in the order of the settings.
    func results() -> [Result] {
        engines.withLock { engines in
            engines.map { engine in
                // What is open is what it was when changes were asked for last.
                _ = engine.runner?.takeChanges()
                return Result(
                    findings: engine.runner?.openFindings() ?? [],
                    unevaluated: engine.runner?.unevaluated() ?? [:],
                    problems: engine.problems)
            }
        }
    }
}
