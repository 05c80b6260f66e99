import Ledger
import Primitives
import Records
import Sealing
import Supervision
import Testing

@Suite("Rules that lag")
struct LaggingRulesTests {
    private func region(entriesAtATime: UInt64 = 4_096) throws -> Region {
        let region = try Region(rules: [
            RuleVersion(id: OrphanClaims.id, hash: .zero, runners: [Region.regulator])
        ])
        _ = try region.open(Region.regulator) {
            $0.runner = { (versions, _) throws(SupervisionError) in
                try OrphanClaims.maker(versions)
            }
            $0.patienceMilliseconds = 5_000
            $0.entriesAtATime = entriesAtATime
        }
        return region
    }

    private func list(_ region: Region) throws -> [FindingList.Item] {
        let reply = try region.node(Region.regulator).control(
            DeskRequest.findings(after: nil).encode(), at: region.now)
        return try FindingList.decode(reply.answer).items
    }

    /// How many claims the rule cannot judge, because a record of the patient is sealed.
    private func sealedCount(_ region: Region) throws -> UInt64 {
        let reply = try region.node(Region.regulator).control(
            DeskRequest.status.encode(), at: region.now)
        return try DeskStatus.decode(reply.answer).rules.map(\.sealedCount).reduce(0, +)
    }

    private func pass(seconds: Int, _ region: Region) throws {
        for _ in 0..<seconds {
            try region.block([])
            try region.catchUp(Region.regulator)
        }
    }

    /// A record whose payload fills a delivery by itself.
    private func largeRecord(of patient: OpaqueID) throws -> Submission {
        var fact = Fact(.record)
        try fact.set("patient", to: .id(patient))
        try fact.set("record", to: .text(Samples.marker))
        var record = try Samples.record()
        record.subjects = [.patient(patient)]
        record.payload = Payload(
            mediaType: "text/plain", source: Array(repeating: 7, count: 3 << 20), facts: [fact])
        return record
    }

    /// Large records of three patients by the hospital and a claim for the third, on all ledgers;
    /// the claim is delivered.
    private func regionWithLargeRecords() throws -> Region {
        let region = try region()
        let patients = [Region.opaque(0x61), Region.opaque(0x62), Samples.patient]
        let records = try region.prepare(patients.map(largeRecord), by: Region.hospital)
        let claim = try region.prepare([try Samples.claim()], by: Region.pharmacy)
        try region.block(records + claim)
        for id in Region.all { try region.catchUp(id) }
        try region.deliver(from: Region.pharmacy, to: Region.regulator)
        return region
    }

    @Test("wait longer for what its issuer has not come to yet, and not for what it passed over")
    func waitsForWhoDelivers() throws {
        let region = try regionWithLargeRecords()
        let (hospital, regulator) = (
            try region.node(Region.hospital), try region.node(Region.regulator)
        )
        for _ in 0..<2 {
            try pass(seconds: 4, region)
            let question = try #require(
                try hospital.outgoing(to: Region.regulator, at: region.now))
            let reply = try regulator.answer(question, from: Region.hospital, at: region.now)
            try hospital.answered(reply.answer, by: Region.regulator, at: region.now)
        }
        try pass(seconds: 4, region)
        #expect(regulator.rulesHeight == .genesis)
        #expect(try sealedCount(region) == 0, "the third one is on its way")
        try pass(seconds: 2, region)
        #expect(try sealedCount(region) == 1, "nothing was heard of its issuer any more")
        try region.deliver(from: Region.hospital, to: Region.regulator)
        try pass(seconds: 1, region)
        #expect(try sealedCount(region) == 0)
        #expect(regulator.rulesHeight == regulator.height)
        #expect(try list(region).isEmpty)
    }

    @Test("do not wait for ever for who delivers the same again and again")
    func boundsTheWait() throws {
        let region = try regionWithLargeRecords()
        let regulator = try region.node(Region.regulator)
        let question = try #require(
            try region.node(Region.hospital).outgoing(to: Region.regulator, at: region.now))
        for second in 0..<96 {
            if second.isMultiple(of: 4) {
                _ = try regulator.answer(question, from: Region.hospital, at: region.now)
            }
            try pass(seconds: 1, region)
            #expect(try sealedCount(region) == 0, "after \(second) seconds")
        }
        try pass(seconds: 8, region)
        #expect(try sealedCount(region) == 1)
    }

    @Test("are handed some entries at a time, and find in the end what they find at once")
    func goesOnInSteps() throws {
        for entriesAtATime in [2, 4_096] as [UInt64] {
            let region = try region(entriesAtATime: entriesAtATime)
            for number in UInt8(1)...9 {
                let claim = try Samples.claim(Region.opaque(number))
                try region.block(try region.prepare([claim], by: Region.hospital))
            }
            for id in [Region.hospital, Region.regulator] { try region.catchUp(id) }
            let regulator = try region.node(Region.regulator)
            try region.deliver(from: Region.hospital, to: Region.regulator)
            #expect(regulator.areRulesBehind == (entriesAtATime == 2))
            var steps = 0
            while regulator.areRulesBehind {
                #expect(try list(region).isEmpty, "there is more to see")
                _ = try regulator.goOn()
                steps += 1
            }
            #expect(steps == (entriesAtATime == 2 ? 4 : 0))
            #expect(regulator.rulesHeight == regulator.height)
            #expect(try list(region).map(\.isOpen) == Array(repeating: true, count: 9))
        }
    }
}
