import Ledger
import Primitives
import Records
import Supervision
import Testing

@testable import custos

@Suite("Holds at the command line")
struct HoldTests {
    private let regulator = InstitutionID("regulator")
    private let hold = OpaqueID([UInt8](repeating: 7, count: OpaqueID.byteCount))

    private func problem(
        by kind: InstitutionKind?, until: Int32? = nil, lifts: Bool = false,
        holder: String? = nil
    ) throws -> String? {
        let (regulator, hold) = (try #require(regulator), try #require(hold))
        let holds = holder.flatMap { InstitutionID($0) }.map {
            [ErasureStatus.Hold(hold: hold, issuer: $0, ground: "an appeal")]
        }
        return HoldCommand.problem(
            HoldBody(
                hold: hold, leaves: [3], ground: "an appeal", until: until.map { Day(number: $0) },
                isLifted: lifts), by: regulator, kind,
            statuses: [ErasureStatus(leafIndex: 3, holders: [], holds: holds ?? [])],
            on: Day(number: 100))
    }

    @Test("what would hold or lift nothing is refused with the reason, and all else is not")
    func problems() throws {
        #expect(try problem(by: .regulator) == nil)
        #expect(try problem(by: .auditor, until: 100) == nil)
        #expect(try problem(by: .regulator, lifts: true, holder: "regulator") == nil)
        let refused: [(String?, String)] = [
            (try problem(by: .hospital), "regulators and auditors"),
            (try problem(by: nil), "regulators and auditors"),
            (try problem(by: .regulator, until: 99), "is over"),
            (try problem(by: .regulator, lifts: true), "stands on leaf 3"),
            (try problem(by: .regulator, lifts: true, holder: "auditor"), "of auditor"),
        ]
        for (problem, words) in refused { #expect(problem?.contains(words) == true, "\(words)") }
    }
}
