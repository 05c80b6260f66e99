import Consensus
import Cryptography
import Ledger
import Primitives
import Records
import Testing

/// A ledger below, whose heads are signed here by names, and the ledger above that takes them.
@Suite("Anchors")
struct AnchorTests {
    private typealias Chamber = GovernanceTests.Chamber

    /// A ledger that exists as headers only: a tree of so many leaves at each height.
    private struct Below {
        let network: TestNetwork
        let salt: String

        init(salt: String = "") throws {
            let plain = try TestNetwork()
            network = TestNetwork(
                try Genesis(
                    name: "city", start: TestNetwork.start,
                    institutions: plain.genesis.institutions, parameters: .standard))
            self.salt = salt
        }

        static let three = ["city-hospital", "county-hospital", "insurer"]

        func leaves(_ count: UInt64) -> [Digest] {
            (0..<count).map { TestNetwork.digest("\($0 < 3 ? "" : salt) leaf \($0)") }
        }

        func header(
            _ height: UInt64, size: UInt64, next: ValidatorSet? = nil, previous: Digest = .zero
        ) -> BlockHeader {
            BlockHeader(
                ledger: network.ledger, height: Height(height),
                time: Timestamp(milliseconds: TestNetwork.start.milliseconds + Int64(height)),
                proposer: TestNetwork.id("insurer"), previous: previous, batchesRoot: .zero,
                treeSize: size, treeRoot: MerkleTree.root(of: leaves(size)), stateRoot: .zero,
                nextValidators: (next ?? network.genesis.charter.validators).digest,
                active: .zero, previousCommit: TestNetwork.digest(salt))
        }

        func proof(
            _ header: BlockHeader, by names: [String] = three, suffix: String = ""
        ) throws -> CommitProof {
            let id = BlockID(hash: header.hash, treeRoot: header.treeRoot)
            let signing = SigningBytes(ledger: header.ledger)
            return CommitProof(
                height: header.height, round: Round(0), block: id,
                precommits: try names.map { name in
                    let key = try TestNetwork.key("\(name) consensus\(suffix)")
                    let vote = Vote(
                        kind: .precommit, height: header.height, round: Round(0),
                        voter: TestNetwork.id(name), block: id, validRound: nil,
                        signature: try Signature([UInt8](repeating: 1, count: 64)))
                    return CommitProof.Precommit(
                        voter: vote.voter,
                        signature: key.sign(signing.digest(of: vote, key: key.keyID)))
                })
        }

        func anchor(
            _ height: UInt64, size: UInt64, since first: UInt64? = nil, by names: [String] = three
        ) throws -> AnchorBody {
            let header = header(height, size: size)
            let consistency = try first.map { first in
                AnchorBody.Consistency(
                    firstSize: first,
                    path: try MerkleTree.consistencyProof(from: Int(first), in: leaves(size)).path)
            }
            return AnchorBody(
                ledger: network.ledger, header: header.encode(),
                commitProof: try proof(header, by: names).encoded, consistency: consistency)
        }
    }

    /// The ledger above, and how many entries the regulator brought.
    private struct Above {
        var chamber: Chamber
        var outcomes: [ExecutedBlock.AnchorOutcome] = []

        init(knows below: Below) throws {
            chamber = try Chamber()
            let registration = AnchoredLedger.Registration(below.network.genesis)
            _ = try chamber.agree(
                on: .setLedger(below.network.ledger, registration), by: Below.three)
        }

        /// Decides a block of anchors, each brought by the insurer's stream.
        mutating func decide(_ bodies: [AnchorBody]) throws {
            let first =
                chamber.state.nextNumber(of: TestNetwork.id("insurer"), StreamID(0)) ?? 1
            let entries = bodies.enumerated().map { index, body in
                Entry(
                    kind: .anchor, issuer: TestNetwork.id("insurer"), stream: StreamID(0),
                    number: first + UInt64(index), eventTime: TestNetwork.start,
                    body: .anchor(body))
            }
            let batch = try chamber.network.verified(entries, in: chamber.state, expiry: 900)
            let executed = try TestNetwork.execute([batch], on: chamber.state)
            outcomes = executed.anchorOutcomes
            _ = chamber.state.apply(executed)
        }
    }

    @Test("heads that a quorum signed are anchored, each following the one before")
    func follows() throws {
        let below = try Below()
        var above = try Above(knows: below)
        try above.decide([try below.anchor(10, size: 5)])
        #expect(above.outcomes.map(\.refusal) == [nil])
        try above.decide([
            try below.anchor(11, size: 5), try below.anchor(20, size: 9, since: 5),
        ])
        #expect(above.outcomes.map(\.refusal) == [nil, nil])
        let state = above.chamber.state
        let known = try #require(state.anchored(below.network.ledger))
        #expect(known.newest?.height == Height(20))
        #expect(known.newest?.treeSize == 9)
        #expect(known.fork == nil)
        let head = try #require(state.anchoredHead(of: below.network.ledger, at: Height(20)))
        #expect(head.hash == below.header(20, size: 9).hash)
        #expect(head.previous == Height(11))
        #expect(state.anchoredHead(of: below.network.ledger, at: Height(12)) == nil)
    }

    /// Anchors that do not follow upon head 10 with its tree of 5, and why not.
    private static func idle(
        _ below: Below, _ stranger: Below, _ good: AnchorBody
    ) throws -> [(AnchorBody, (AnchorRefusal) -> Bool)] {
        let ledger = below.network.ledger
        let other = below.header(21, size: 9)
        return [
            (try below.anchor(10, size: 5), { $0 == .anchoredAlready(leaf: 3) }),
            (
                try below.anchor(9, size: 4),
                { $0 == .notNewer(height: Height(9), newest: Height(10)) }
            ),
            (
                try below.anchor(20, size: 9, since: 5, by: ["insurer", "regulator"]),
                { if case .commitProof(.notEnoughPower) = $0 { true } else { false } }
            ),
            (
                AnchorBody(
                    ledger: ledger, header: other.encode(), commitProof: good.commitProof,
                    consistency: good.consistency),
                { if case .wrongBlock = $0 { true } else { false } }
            ),
            (
                try below.anchor(20, size: 9),
                { if case .consistency = $0 { true } else { false } }
            ),
            (
                try below.anchor(20, size: 9, since: 4),
                { if case .consistency = $0 { true } else { false } }
            ),
            (
                // A tree that does not grow from the one anchored before.
                try stranger.anchor(20, size: 9, since: 5),
                { if case .consistency = $0 { true } else { false } }
            ),
            (
                AnchorBody(
                    ledger: LedgerID(TestNetwork.digest("who")), header: good.header,
                    commitProof: good.commitProof),
                { $0 == .notRegistered(LedgerID(TestNetwork.digest("who"))) }
            ),
            (
                AnchorBody(ledger: ledger, header: [0x80], commitProof: good.commitProof),
                { if case .malformed = $0 { true } else { false } }
            ),
        ]
    }

    @Test("what does not follow has no effect, and the reason is told")
    func refusals() throws {
        let below = try Below()
        let stranger = try Below(salt: "another past")
        var above = try Above(knows: below)
        try above.decide([try below.anchor(10, size: 5)])
        let ledger = below.network.ledger
        let root = above.chamber.state.stateRoot
        let good = try below.anchor(20, size: 9, since: 5)
        let table = try Self.idle(below, stranger, good)
        for (body, isRight) in table {
            let state = above.chamber.state
            let known = #expect(throws: AnchorRefusal.self) { try state.check(body) }
            #expect(known.map(isRight) == true, "\(String(describing: known))")
        }
        for (body, isRight) in table {
            try above.decide([body])
            #expect(above.outcomes[0].refusal.map(isRight) == true)
            #expect(above.chamber.state.anchored(ledger)?.newest?.height == Height(10))
        }
        #expect(above.chamber.state.stateRoot != root)
        try above.decide([good])
        #expect(above.outcomes.map(\.refusal) == [nil])
    }

    @Test("a second past that the quorum signed shows a fork, and nothing more is taken")
    func forks() throws {
        let below = try Below()
        let stranger = try Below(salt: "another past")
        let second: [(AnchorBody, String)] = [
            (try stranger.anchor(10, size: 5), "another block of the height"),
            (try stranger.anchor(12, size: 5), "another tree of the size"),
            (try below.anchor(12, size: 4), "a tree that lost an entry"),
        ]
        for (body, what) in second {
            var above = try Above(knows: below)
            try above.decide([try below.anchor(10, size: 5)])
            try above.decide([body, try below.anchor(20, size: 9, since: 5)])
            #expect(above.outcomes.map(\.isFork) == [true, false], "\(what)")
            let ledger = below.network.ledger
            let leaf = above.outcomes[0].leafIndex
            #expect(above.outcomes[1].refusal == .forked(ledger, leaf: leaf), "\(what)")
            let known = try #require(above.chamber.state.anchored(ledger))
            #expect(known.fork == leaf)
            #expect(known.newest?.height == Height(10))
        }
    }

    @Test("new validators below are followed where those before vouch for them")
    func newValidators() throws {
        let below = try Below()
        func set(_ renewed: [String]) throws -> ValidatorSet {
            try ValidatorSet(
                try TestNetwork.names.map { name in
                    let suffix = renewed.contains(name) ? " new" : ""
                    return Validator(
                        id: TestNetwork.id(name),
                        key: try TestNetwork.key("\(name) consensus\(suffix)").publicKey, power: 1)
                })
        }
        func body(_ renewed: [String], signedBy names: [String], old: [String]) throws -> AnchorBody
        {
            let set = try set(renewed)
            let before = below.header(10, size: 5, next: set)
            let header = below.header(11, size: 5, previous: before.hash)
            let new = try below.proof(header, by: names, suffix: " new")
            let kept = try below.proof(header, by: old)
            let proof = CommitProof(
                height: header.height, round: Round(0), block: new.block,
                precommits: new.precommits + kept.precommits)
            return AnchorBody(
                ledger: below.network.ledger, header: header.encode(),
                commitProof: proof.encoded,
                links: [
                    AnchorBody.Link(
                        before: before.encode(), header: header.encode(),
                        commitProof: proof.encoded, validators: set.encoded)
                ])
        }
        var above = try Above(knows: below)
        let all = ["city-hospital", "county-hospital", "insurer"]
        // Everybody anew: nobody who was trusted has signed.
        try above.decide([try body(TestNetwork.names, signedBy: all, old: [])])
        guard case .link = above.outcomes[0].refusal else {
            Issue.record("\(String(describing: above.outcomes[0].refusal))")
            return
        }
        try above.decide([
            try body(["insurer"], signedBy: ["insurer"], old: ["city-hospital", "county-hospital"])
        ])
        #expect(above.outcomes.map(\.refusal) == [nil])
        let known = try #require(above.chamber.state.anchored(below.network.ledger))
        #expect(known.validators == (try set(["insurer"])))
        #expect(known.validatorsFrom == Height(11))
        // The old key does not sign any more.
        try above.decide([
            try below.anchor(12, size: 5, by: ["city-hospital", "county-hospital", "insurer"])
        ])
        guard case .commitProof = above.outcomes[0].refusal else {
            Issue.record("\(String(describing: above.outcomes[0].refusal))")
            return
        }
    }

    @Test("a ledger that is not registered any more is not anchored; what was stays")
    func unregistered() throws {
        let below = try Below()
        var above = try Above(knows: below)
        try above.decide([try below.anchor(10, size: 5)])
        _ = try above.chamber.agree(on: .setLedger(below.network.ledger, nil), by: Below.three)
        try above.decide([try below.anchor(11, size: 5)])
        #expect(above.outcomes.map(\.refusal) == [.notRegistered(below.network.ledger)])
        let state = above.chamber.state
        #expect(state.anchoredHead(of: below.network.ledger, at: Height(10)) != nil)
    }

    @Test("a batch of more anchors than are checked at once is refused")
    func tooMany() throws {
        let below = try Below()
        var above = try Above(knows: below)
        let body = try below.anchor(10, size: 5)
        #expect(throws: (any Error).self) {
            try above.decide([body, body, body, body, body])
        }
    }

    @Test("body and state values read back, and cut ones are refused")
    func codecs() throws {
        let below = try Below()
        let body = try below.anchor(20, size: 9, since: 5)
        let entry = Entry(
            kind: .anchor, issuer: TestNetwork.id("insurer"), stream: StreamID(0), number: 1,
            eventTime: TestNetwork.start, body: .anchor(body))
        let bytes = entry.encode()
        #expect(try Entry.decode(bytes) == entry)
        for length in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: EntryError.self) { try Entry.decode(bytes[..<length]) }
        }
        var above = try Above(knows: below)
        try above.decide([try below.anchor(10, size: 5)])
        let known = try #require(above.chamber.state.anchored(below.network.ledger))
        #expect(try AnchoredLedger.decode(known.encode()).encode() == known.encode())
        #expect(throws: LedgerError.self) {
            try AnchoredLedger.decode(Array(known.encode().dropLast()))
        }
        for key in [
            StateKey.anchoredLedger(below.network.ledger),
            .anchoredHead(below.network.ledger, Height(10)),
        ] {
            #expect(StateKey(space: key.space, bytes: key.bytes) == key)
        }
    }
}
