import Consensus
import Cryptography
import Hosting
import Ledger
import Primitives
import Records
import Testing

@testable import Node

@Suite("Evidence on the disk")
struct EvidenceLogTests {
    @Test("a proof of a valid round is found again, before and after a restart, and no other")
    func findsProofs() throws {
        let network = try TestNetwork()
        let directory = network.configuration(0).data + "-evidence"
        let signature = try Signature([UInt8](repeating: 1, count: 64))
        func proof(_ number: UInt64) -> ProofOfLock {
            let block = BlockID(hash: SHA256.hash([UInt8(number)]), treeRoot: .zero)
            return ProofOfLock(
                height: Height(number), round: .zero, block: block,
                votes: [
                    Vote(
                        kind: .prevote, height: Height(number), round: .zero,
                        voter: network.ids[0], block: block, validRound: nil,
                        signature: signature)
                ])
        }
        func question(_ number: UInt64, height: UInt64? = nil) -> LockQuestion {
            let proof = proof(number)
            return LockQuestion(
                height: Height(height ?? number),
                lock: SignedState.Polka(round: proof.round, block: proof.block), peer: nil)
        }
        do {
            var log = try EvidenceLog(directory: directory) { _ in }
            for number in 1...3 as ClosedRange<UInt64> {
                try log.append(EvidenceBody(proof(number), claimedBy: network.ids[0]))
            }
            #expect(try log.proofs(question(2)) == [proof(2)])
        }
        let log = try EvidenceLog(directory: directory) { _ in }
        for number in 1...3 as ClosedRange<UInt64> {
            #expect(try log.proofs(question(number)) == [proof(number)])
            let all = LockQuestion(height: Height(number), lock: nil, peer: nil)
            #expect(try log.proofs(all) == [proof(number)], "all of the height")
        }
        #expect(try log.proofs(question(4)) == [])
        #expect(try log.proofs(question(2, height: 3)) == [])
        #expect(log.count == 0, "a proof convicts nobody")
    }
}
