import Cryptography
import Ledger
import Primitives
import Proofs
import Records
import TestSupport
import Testing

@Suite("A ledger that goes on from another")
struct SuccessionTests {
    private let network: ProofNetwork
    private let succession: Succession
    private let successor: Genesis

    init() throws {
        network = try ProofNetwork.lived()
        let last = try #require(network.blocks.last)
        let head = ClaimedHead(header: last.executed.header, commitProof: last.commitProof)
        let state = network.state
        succession = try Succession(
            archive: ArchiveHead(
                ledger: network.ledger, heights: HeightRange(state.head.height, state.head.height),
                base: nil,
                keys: ArchiveHead.Keys(
                    head: head,
                    institutions: ProofNetwork.names.compactMap {
                        state.map.proof(of: .institution(ProofNetwork.id($0)))
                    })
            ).encode())
        successor = try Self.successor(of: network, succeeds: state.head.hash)
    }

    private static func successor(
        of network: ProofNetwork, succeeds: Digest?
    ) throws -> Genesis {
        try Genesis(
            name: "next region", start: network.genesis.start,
            institutions: network.genesis.institutions, parameters: network.genesis.parameters,
            succeeds: succeeds)
    }

    private func endorsed(
        _ successor: Genesis, by names: [String], key: String = "govern"
    ) throws -> Succession {
        var endorsed = succession
        for name in names {
            let signer = GovernanceSigner(
                ledger: network.ledger, institution: ProofNetwork.id(name),
                keys: [try ProofNetwork.key("\(name) \(key)")])
            let body = signer.vote(on: successor.ledger.digest, isFor: true)
            guard case .vote(_, _, let vote) = body else { continue }
            endorsed.add(vote)
        }
        return endorsed
    }

    private func failure(
        _ succession: Succession, of successor: Genesis, in genesis: Genesis? = nil
    ) throws -> ProofStep? {
        let auditor = try Auditor(genesis: genesis ?? network.genesis)
        do throws(ProofFailure) {
            _ = try auditor.verify(succession, of: successor)
            return nil
        } catch {
            return error.step
        }
    }

    @Test("holds once more than 2/3 of the power have signed, in any order, and over its bytes")
    func holds() throws {
        let names = ["regulator", "city-hospital", "insurer"]
        let endorsed = try endorsed(successor, by: names + ["regulator"])
        let read = try Succession.decode(endorsed.encode())
        #expect(read == endorsed)
        let proven = try Auditor(genesis: network.genesis).verify(read, of: successor)
        #expect(proven.endorsedBy.map(\.name) == names.sorted())
        #expect(proven.power == 3 && proven.totalPower == 4)
        #expect(proven.head.hash == successor.succeeds)
        for count in 0..<3 {
            let fewer = try self.endorsed(successor, by: Array(names.prefix(count)))
            #expect(try failure(fewer, of: successor) == .succession)
        }
    }

    @Test("signatures are of one successor, one head and the institutions' own keys")
    func refuses() throws {
        let names = Array(ProofNetwork.names.prefix(3))
        let good = try endorsed(successor, by: names)
        let renamed = try Genesis(
            name: "another region", start: network.genesis.start,
            institutions: network.genesis.institutions, parameters: network.genesis.parameters,
            succeeds: network.state.head.hash)
        #expect(try failure(good, of: renamed) == .succession)
        for succeeds in [nil, ProofNetwork.digest("another head")] {
            let other = try Self.successor(of: network, succeeds: succeeds)
            #expect(try failure(endorsed(other, by: names), of: other) == .succession)
        }
        let strangers = try endorsed(successor, by: names, key: "submit")
        #expect(try failure(strangers, of: successor) == .succession)
        let elsewhere = try ProofNetwork(named: "elsewhere")
        #expect(try failure(good, of: successor, in: elsewhere.genesis) == .ledger)
    }

    @Test("no institution with power can be left out, and no state be made up")
    func wholeMembership() throws {
        let names = Array(ProofNetwork.names.prefix(3))
        let bytes = try endorsed(successor, by: names).encode()
        var generator = SplitMix(seed: 7)
        for _ in 0..<400 {
            var bent = bytes
            bent[Int.random(in: 0..<bent.count, using: &generator)] ^= UInt8.random(
                in: 1...255, using: &generator)
            guard let read = try? Succession.decode(bent) else { continue }
            #expect(try failure(read, of: successor) != nil)
        }
        let last = try #require(network.blocks.last)
        let partial = try Succession(
            archive: ArchiveHead(
                ledger: network.ledger,
                heights: HeightRange(network.state.head.height, network.state.head.height),
                base: nil,
                keys: ArchiveHead.Keys(
                    head: ClaimedHead(
                        header: last.executed.header, commitProof: last.commitProof),
                    institutions: names.compactMap {
                        network.state.map.proof(of: .institution(ProofNetwork.id($0)))
                    })
            ).encode())
        #expect(try failure(partial, of: successor) == .validators)
    }
}
