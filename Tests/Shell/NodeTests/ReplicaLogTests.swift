internal import Cryptography
internal import Hosting
internal import Ledger
internal import Primitives
internal import Testing

@testable import Consensus
@testable import Node
@testable import Storage

@Suite("What a replica must not forget")
struct ReplicaLogTests {
    private let network: TestNetwork
    private let ledger: LedgerID
    private var data: String { network.data(0) }

    init() throws {
        network = try TestNetwork()
        ledger = network.genesis.ledger
        try Node.create(network.configuration(0))
    }

    private func open(head: UInt64 = 0) throws -> ReplicaLog {
        try ReplicaLog(try DataDirectory(data, ledger: ledger), head: Height(head))
    }

    private func vote(_ kind: Vote.Kind, _ height: UInt64, round: UInt32 = 0) throws -> Vote {
        Vote(
            kind: kind, height: Height(height), round: Round(round), voter: network.ids[0],
            block: BlockID(hash: SHA256.hash([UInt8(truncatingIfNeeded: height)]), treeRoot: .zero),
            validRound: nil, signature: try Signature([UInt8](repeating: 1, count: 64)))
    }

    private func state(_ vote: Vote) -> SignedState {
        SignedState(signed: .vote(vote), locked: nil, valid: nil)
    }

    /// A body with so many bytes, and a vote, as a height's log has them.
    private func records(_ height: UInt64, byteCount: Int = 600) throws -> [HostRecord] {
        [
            .batch(height: Height(height), bytes: [UInt8](repeating: 7, count: byteCount)),
            .replica(.voted(try vote(.prevote, height))),
        ]
    }

    /// Logs what a height has, and signs the precommit for it that rests on that.
    private func signPrecommit(
        _ height: UInt64 = 1, on records: [HostRecord], in log: inout ReplicaLog
    ) throws {
        try log.append(records)
        try log.persist(
            state(try vote(.precommit, height)), durable: Height(height - 1))
    }

    /// How many bytes of the log are known to be on the disk.
    private var syncedBytes: UInt64 {
        get throws {
            try SyncMark(data + "/log/" + AppendLog.markName).position.orThrow().extent
        }
    }

    private func expect(_ records: [HostRecord], head: UInt64 = 0) throws {
        let log = try open(head: head)
        #expect(log.records == records)
    }

    @Test func aPrecommitOutlivesAPowerCutWithAllThatItRestsOn() throws {
        let precommit = state(try vote(.precommit, 1))
        let records = try records(1)
        let before: UInt64
        do {
            var log = try open()
            before = try syncedBytes
            try signPrecommit(on: records, in: &log)
        }
        // One wait for the disk did for both.
        #expect(try syncedBytes == before)
        try PowerCut.strike(data)
        do {
            let log = try open()
            #expect(log.records == records)
            #expect(log.lastSigned == precommit)
        }
        // From then on the log has them, whatever becomes of the file.
        try PowerCut.strike(data)
        try SmallFile.write([], to: data + "/last-signed.synced")
        try Directory.remove(data + "/last-signed")
        try LastSignedFile.create(data + "/last-signed")
        try expect(records)
    }

    @Test func whatAKilledProcessHadWrittenIsNotThereTwice() throws {
        let records = try records(1)
        do {
            var log = try open()
            try signPrecommit(on: records, in: &log)
        }
        try expect(records)
    }

    @Test func whatFindsNoRoomInASlotIsInTheLogFirst() throws {
        let records = try records(1, byteCount: LastSignedFile.contentBytesMax)
        do {
            var log = try open()
            try signPrecommit(on: records, in: &log)
        }
        try PowerCut.strike(data)
        try expect(records)
    }

    /// One record more each time, through the size at which they do not fit any more.
    @Test func noNumberOfRecordsIsTooMuchForThem() throws {
        var log = try open()
        for count in 1...1_500 {
            try log.append(.replica(.workArrived(Height(1))))
            guard count.isMultiple(of: 25) else { continue }
            try log.persist(state(try vote(.precommit, 1)), durable: .genesis)
        }
    }

    /// A later round's vote takes the precommit's place in the file, and what that rests on stays.
    @Test(arguments: [600, 9_000])
    func aLaterRoundKeepsWhatAnEarlierPrecommitRestsOn(byteCount: Int) throws {
        let records = try records(1)
        let later: [HostRecord] = [
            .batch(height: Height(1), bytes: [UInt8](repeating: 8, count: byteCount))
        ]
        do {
            var log = try open()
            try signPrecommit(on: records, in: &log)
            try log.append(later)
            for round in UInt32(1)...3 {
                try log.persist(state(try vote(.prevote, 1, round: round)), durable: .genesis)
            }
        }
        try PowerCut.strike(data)
        try expect(records + later)
    }

    /// The file speaks of the next height while the block below is not on the disk.
    @Test(arguments: [600, 3_000, 9_000])
    func theHeightBelowIsKeptWhileItsBlockIsNotDurable(byteCount: Int) throws {
        let records = try records(1)
        let next = try self.records(2, byteCount: byteCount)
        do {
            var log = try open()
            try signPrecommit(on: records, in: &log)
            try log.append(next)
            try log.persist(state(try vote(.prevote, 2)), durable: .genesis)
            try log.persist(state(try vote(.prevote, 2, round: 1)), durable: .genesis)
        }
        try PowerCut.strike(data)
        try expect(records + next)
    }

    @Test func recordsOfBlocksThatAreDurableAreNotWrittenAgain() throws {
        let second = try records(2)
        do {
            var log = try open()
            try signPrecommit(on: records(1, byteCount: 9_000), in: &log)
            try signPrecommit(2, on: second, in: &log)
        }
        try PowerCut.strike(data)
        try expect(second, head: 1)
        try expect([], head: 2)
    }

    @Test func theLogIsSyncedNowAndThenThoughNothingSignedWaitsForIt() throws {
        var log = try open()
        let before = try syncedBytes
        let goal = UInt64(ReplicaLog.unsyncedBytesGoal)
        var height: UInt64 = 0
        while height * 1_000 < 2 * goal {
            height += 1
            try signPrecommit(height, on: records(height, byteCount: 1_000), in: &log)
            try log.forget(through: Height(height))
        }
        #expect(try syncedBytes > before + goal)
    }

    /// A write that a power cut tears leaves the slot before it.
    @Test func aTornSlotLeavesWhatWasSignedBefore() throws {
        let records = try records(1)
        let precommit = state(try vote(.precommit, 1))
        do {
            var log = try open()
            try signPrecommit(on: records, in: &log)
            try log.persist(state(try vote(.prevote, 1, round: 1)), durable: .genesis)
        }
        try PowerCut.strike(data)
        let path = data + "/last-signed"
        var bytes = try SmallFile.read(path)
        // Making the file counts as two writes, which go to the slots in turn.
        bytes[bytes.count / 2 + 100] ^= 1
        try SmallFile.write(bytes, to: path)
        try Directory.remove(path + ".synced")
        let log = try open()
        #expect(log.lastSigned == precommit)
        #expect(log.records == records)
    }

    /// So that an older version may be put back, which reads a state alone.
    @Test(arguments: [false, true])
    func aNodeThatStopsLeavesItsRecordsInTheLogAlone(afterAKill: Bool) throws {
        let records = try records(1)
        let precommit = state(try vote(.precommit, 1))
        do {
            var log = try open()
            try signPrecommit(on: records, in: &log)
            if !afterAKill { try log.settle() }
        }
        if afterAKill {
            var log = try open()
            try log.settle()
        }
        try PowerCut.strike(data)
        #expect(try LastSignedFile(data + "/last-signed").content == precommit.encoded)
        try expect(records)
    }

    /// As older versions wrote it, and read it.
    @Test func aStateThatRestsOnNothingIsWrittenAlone() throws {
        let prevote = state(try vote(.prevote, 1))
        #expect(LastSigned(state: prevote).encoded == prevote.encoded)
        #expect(try LastSigned.decode(prevote.encoded[...]) == LastSigned(state: prevote))
        let beside = LastSigned(state: prevote, records: try records(1).map(\.encoded))
        #expect(try LastSigned.decode(beside.encoded[...]) == beside)
        for count in 0..<beside.encoded.count {
            #expect(throws: CBORError.self) {
                try LastSigned.decode(beside.encoded.prefix(count))
            }
        }
        // It says itself of how many parts it is.
        for head in [UInt8(0x80), 0x81, 0x82, 0x84] {
            #expect(throws: CBORError.self) {
                try LastSigned.decode([head] + beside.encoded.dropFirst())
            }
        }
    }
}

extension ReplicaLog {
    fileprivate mutating func append(_ records: [HostRecord]) throws {
        for record in records { try append(record) }
    }
}
