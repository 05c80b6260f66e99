import Consensus
import Cryptography
import Primitives
import Testing

@Suite("Validator set")
struct ValidatorSetTests {
    private func validator(_ name: String, _ power: UInt64) -> Validator {
        Validator(id: Fixture.id(name), key: Fixture.secretKey("any").publicKey, power: power)
    }

    @Test("refuses sets that the format does not allow")
    func refusesBadSets() {
        #expect(throws: ConsensusError.noValidators) { try ValidatorSet([]) }
        #expect(throws: ConsensusError.noPower(Fixture.id("b"))) {
            try ValidatorSet([validator("a", 1), validator("b", 0)])
        }
        #expect(throws: ConsensusError.validatorOutOfOrder(Fixture.id("a"))) {
            try ValidatorSet([validator("b", 1), validator("a", 1)])
        }
        #expect(throws: ConsensusError.validatorOutOfOrder(Fixture.id("a"))) {
            try ValidatorSet([validator("a", 1), validator("a", 1)])
        }
        #expect(throws: ConsensusError.tooMuchPower(limit: 1 << 30)) {
            try ValidatorSet([validator("a", 1 << 30), validator("b", .max)])
        }
        let many = (0...ValidatorSet.countMax).map { number in
            validator("v\(1_000 + number)", 1)
        }
        #expect(throws: ConsensusError.tooManyValidators(count: 257, limit: 256)) {
            try ValidatorSet(many)
        }
    }

    @Test(
        "a quorum is more than 2/3, an honest part more than 1/3",
        arguments: [
            // total, smallest quorum, smallest honest part
            (1, 1, 1), (2, 2, 1), (3, 3, 2), (4, 3, 2), (5, 4, 2), (6, 5, 3), (7, 5, 3),
            (9, 7, 4), (10, 7, 4), (100, 67, 34), (1 << 30, 715_827_883, 357_913_942),
        ] as [(UInt64, UInt64, UInt64)])
    func thresholds(total: UInt64, quorum: UInt64, honest: UInt64) throws {
        let set = try ValidatorSet([validator("a", total)])
        #expect(set.isQuorum(quorum))
        #expect(!set.isQuorum(quorum - 1))
        #expect(set.hasHonest(honest))
        #expect(!set.hasHonest(honest - 1))
    }

    @Test(
        "each proposes exactly as often as it has power, and evenly",
        arguments: [
            [1], [1, 1, 1, 1], [1, 2, 3], [7, 1, 1], [5, 3, 4, 3, 2], [100, 1, 33, 12], [2, 2, 2],
        ] as [[UInt64]])
    func turnsFollowPower(powers: [UInt64]) {
        let names = powers.indices.map { "v\($0)" }
        let set = Fixture.validators(Array(zip(names, powers)))
        let turns = (0..<set.totalPower).map { turn in
            set.proposer(height: Height(turn), round: .zero).id.name
        }
        for (name, power) in zip(names, powers) {
            #expect(turns.filter { $0 == name }.count == Int(power))
            // Even: the first turns hold their share, give or take two.
            for length in 1...turns.count {
                let count = turns.prefix(length).filter { $0 == name }.count
                let share = UInt64(length) * power
                #expect(UInt64(count) * set.totalPower <= share + 2 * set.totalPower)
                #expect(UInt64(count + 2) * set.totalPower >= share)
            }
        }
    }

    @Test("the order is the one written down")
    func orderIsFrozen() {
        let set = Fixture.validators([("a", 1), ("b", 2), ("c", 4)])
        let turns = (0..<14).map { turn in
            set.proposer(height: Height(turn), round: .zero).id.name
        }
        #expect(turns.joined() == "cbcacbccbcacbc")
    }

    @Test("a round takes the turn of the height that far ahead, and the largest numbers do no harm")
    func roundsContinueTheOrder() {
        let set = Fixture.validators([("a", 1), ("b", 2), ("c", 4)])
        for height in 0..<10 as Range<UInt64> {
            for round in 0..<10 as Range<UInt32> {
                let here = set.proposer(height: Height(height), round: Round(round))
                let there = set.proposer(height: Height(height + UInt64(round)), round: .zero)
                #expect(here == there)
            }
        }
        let last = set.proposer(height: Height(.max), round: Round(.max))
        #expect(set.validators.contains(last))
        let heavy = Fixture.validators([("a", (1 << 30) - 2), ("b", 1), ("c", 1)])
        #expect(heavy.proposer(height: Height(.max), round: Round(.max)).id.name == "a")
    }

    @Test("finds its members and nobody else")
    func findsMembers() {
        let names = ["a", "b-b", "c", "m", "z9"]
        let set = Fixture.validators(names.map { ($0, 1) })
        for (index, name) in names.enumerated() {
            #expect(set.index(of: Fixture.id(name)) == index)
        }
        for name in ["0", "b", "d", "zz"] { #expect(set.index(of: Fixture.id(name)) == nil) }
    }

    @Test("the digest is that of the bytes in block.md")
    func digestCoversEverything() {
        let set = Fixture.validators([("a", 1), ("b", 2)])
        #expect(set.digest == SHA256.hash(set.encoded))
        let key = Fixture.secretKey("a").publicKey.bytes.hex
        #expect(set.encoded.hex.hasPrefix("82" + "83" + "6161" + "5821" + key + "01"))
        #expect(set.digest != Fixture.validators([("a", 1), ("b", 3)]).digest)
    }
}
