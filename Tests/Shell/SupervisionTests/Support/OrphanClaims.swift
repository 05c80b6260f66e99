import Ledger
import Primitives
import Records
import Supervision

/// A runner with one rule written out: a claim needs a record of its patient.
///
/// It stands for the engine where what is tested is everything around it.
final class OrphanClaims: RuleRunner {
    private let version: RuleVersion
    private var claims: [AnchoredFact] = []
    private var recorded: Set<OpaqueID> = []
    private var sealedFor: Set<OpaqueID> = []

    static let id = "CE-01"

    init(_ version: RuleVersion) {
        self.version = version
    }

    static func maker(
        _ versions: [RuleVersion]
    ) throws(SupervisionError) -> (runner: any RuleRunner, problems: [String: String]) {
        guard let version = versions.first(where: { $0.id == id }) else {
            throw .policy("the test has no rule \(id)")
        }
        return (OrphanClaims(version), [:])
    }

    func take(facts: [AnchoredFact], sealed: [SealedMark], present: Timestamp) {
        for fact in facts {
            guard case .id(let patient) = fact.fact["patient"] else { continue }
            switch fact.fact.kind {
            case .claim: claims.append(fact)
            case .record: recorded.insert(patient)
            default: break
            }
        }
        for mark in sealed where mark.kind == .record {
            if let patient = mark.patient { sealedFor.insert(patient) }
        }
    }

    private func suspects() -> [(fact: AnchoredFact, patient: OpaqueID)] {
        claims.compactMap { claim in
            guard case .id(let patient) = claim.fact["patient"], !recorded.contains(patient)
            else { return nil }
            return (claim, patient)
        }
    }

    func openFindings() -> [OpenFinding] {
        suspects().filter { !sealedFor.contains($0.patient) }.map { suspect in
            OpenFinding(rule: version, body: body(suspect.fact, suspect.patient))
        }
    }

    func unevaluated() -> [String: (sealed: Int, unknown: Int)] {
        [OrphanClaims.id: (suspects().count { sealedFor.contains($0.patient) }, 0)]
    }

    func explain(_ finding: Digest) -> String? {
        openFindings().isEmpty ? nil : "no record of the patient"
    }

    func material(of finding: Digest) -> RuleMaterial? {
        openFindings().isEmpty ? nil : RuleMaterial(rules: [[0x80]], tables: [])
    }

    private func body(_ claim: AnchoredFact, _ patient: OpaqueID) -> [UInt8] {
        var writer = CBORWriter()
        writer.map(14)
        writer.unsigned(0)
        writer.unsigned(1)
        writer.unsigned(1)
        writer.text(version.id)
        writer.unsigned(2)
        writer.digest(version.hash)
        writer.unsigned(3)
        writer.unsigned(1)
        writer.unsigned(4)
        writer.array(0)
        writer.unsigned(5)
        writer.array(2)
        writer.text("patient")
        writer.bytes(patient.bytes)
        writer.unsigned(6)
        writer.array(1)
        writer.array(2)
        writer.unsigned(claim.position.leafIndex)
        writer.digest(claim.position.leafHash)
        for key in [7, 8] as [UInt64] {
            writer.unsigned(key)
            writer.array(0)
        }
        writer.unsigned(9)
        writer.null()
        writer.unsigned(10)
        writer.unsigned(2)
        for key in [11, 12] as [UInt64] {
            writer.unsigned(key)
            writer.array(0)
        }
        writer.unsigned(13)
        writer.text("a claim without a record of the patient")
        return writer.bytes
    }
}
