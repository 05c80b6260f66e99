internal import Primitives
public import Proofs
internal import RuleEngine
internal import RuleLanguage

extension FindingVerifier {
    /// Runs the rule by the engine, over nothing but what the bundle proves.
    public static func evaluate(_ material: Material) -> Result<[[UInt8]], EvaluationProblem> {
        do throws(EvaluationProblem) {
            return .success(try bodies(material))
        } catch {
            return .failure(error)
        }
    }

    private static func bodies(_ material: Material) throws(EvaluationProblem) -> [[UInt8]] {
        let tables = material.tables
        let rule: Rule
        do throws(CBORError) {
            rule = try Rule.decode(material.rule)
        } catch {
            throw EvaluationProblem("the rule is malformed: \(error)")
        }
        let checked: CheckedRule
        do throws(RuleErrors) {
            checked = try rule.check(against: .facts(tables: tables.map(\.schema)))
        } catch {
            throw EvaluationProblem("the rule does not fit the tables of the bundle: \(error)")
        }
        var engine: Engine
        do throws(KnowledgeError) {
            engine = try Engine(rules: [checked], tables: tables)
        } catch {
            throw EvaluationProblem("\(error)")
        }
        engine.take(material.facts, present: material.present)
        return engine.judged.compactMap { judged in
            if case .finding(let body) = judged.verdict { body } else { nil }
        }
    }

    /// The finding, once every step has been done; the engine runs the rule.
    ///
    /// - Throws: ``FindingFailure``, the first step that fails.
    public func verify(_ bundle: FindingBundle) throws(FindingFailure) -> VerifiedFinding {
        try verify(bundle, by: FindingVerifier.evaluate)
    }
}
