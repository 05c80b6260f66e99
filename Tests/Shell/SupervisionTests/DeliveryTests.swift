import Cryptography
import Ledger
import Primitives
import Records
import Sealing
import Supervision
import Testing

@Suite("Delivery")
struct DeliveryTests {
    @Test("a payload may come before its entry is committed, or long after")
    func earlyAndLate() throws {
        let region = try Region()
        let entries = try region.prepare([try Samples.claim()], by: Region.hospital)
        try region.block(entries)
        try region.catchUp(Region.hospital)
        // The insurer has not seen the block when the payload comes.
        try region.deliver(from: Region.hospital, to: Region.insurer)
        try region.catchUp(Region.insurer)
        try region.catchUp(Region.regulator)
        for _ in 0..<5 { try region.commit([]) }
        #expect(try region.node(Region.regulator).payloads.awaitedLeaves() == [0])
        try region.deliver(from: Region.hospital, to: Region.regulator)
        for id in [Region.insurer, Region.regulator] {
            let node = try region.node(id)
            let item = try #require(try node.entries.entry(at: 0))
            #expect(try node.entries.facts(of: item).count == 1, "\(id)")
            #expect(try node.payloads.awaitedLeaves().isEmpty)
            #expect(try node.payloads.mismatches().isEmpty)
        }
    }

    @Test("one delivery carries many entries, and a large queue goes in several")
    func batches() throws {
        let region = try Region()
        let count = DeliveryQueue.itemCountMax + 44
        var submissions: [Submission] = []
        for index in 0..<count { submissions.append(try Samples.record(at: Int64(index))) }
        try region.commit(try region.prepare(submissions, by: Region.hospital))
        let queue = try region.node(Region.hospital).deliveries
        #expect(try queue.waiting().map(\.count) == [count])
        let first = try #require(
            try queue.next(for: Region.regulator, members: region.members))
        #expect(first.items.count == DeliveryQueue.itemCountMax)
        #expect(first.recipients.map(\.institution) == [Region.regulator])
        #expect(try region.deliver(from: Region.hospital, to: Region.regulator) == 2)
        #expect(try queue.waiting().isEmpty)
    }

    @Test("what is queued before that which went, in another stream, goes as well")
    func below() throws {
        let region = try Region()
        let hospital = try region.node(Region.hospital)
        for (place, stream) in [5, 5, 2, 7, 0].enumerated() {
            let items = try hospital.prepare([try Samples.record(at: Int64(place))])
            try region.commit(
                items.map { $0.numbered(StreamID(UInt16(stream)), UInt64(place + 1)).encode() })
            #expect(try region.deliver(from: Region.hospital, to: Region.regulator) == 1)
            #expect(try hospital.deliveries.waiting().isEmpty)
            #expect(try region.deliver(from: Region.hospital, to: Region.regulator) == 0)
        }
    }

    @Test("a delivery comes again until it is answered, and twice does no harm")
    func again() throws {
        let region = try Region()
        try region.commit(try region.prepare([try Samples.record()], by: Region.hospital))
        let queue = try region.node(Region.hospital).deliveries
        let regulator = try region.node(Region.regulator)
        var answers: [DeliveryAnswer] = []
        for _ in 0..<3 {
            let delivery = try #require(
                try queue.next(for: Region.regulator, members: region.members))
            answers.append(
                try regulator.deliver(
                    delivery.encoded, from: Region.hospital, at: region.now))
        }
        #expect(Set(answers).count == 1)
        #expect(answers[0].items.map(\.verdict) == [.stored])
        try queue.handleAnswer(answers[0].encode(), from: Region.regulator)
        #expect(try queue.next(for: Region.regulator, members: region.members) == nil)
        try queue.handleAnswer(answers[1].encode(), from: Region.regulator)
    }

    @Test("a new seal key holds for what is sent from then on, and the old one for what was sent")
    func anotherSealKey() throws {
        let region = try Region()
        let new = try SealSecretKey(random: .system)
        let change = GovernanceAction.setKey(
            Region.regulator, .seal(try new.publicKey.bytes))
        let timeline = try CharterTimeline(region.genesis).after(change, from: Height(2))
        try region.commit(
            try region.prepare(
                [try Samples.record(), try Samples.record(at: 9)], by: Region.hospital))
        let hospital = try region.node(Region.hospital)
        let before = try #require(
            try hospital.deliveries.next(for: Region.regulator, members: hospital.members))
        hospital.follow(timeline)
        let after = try #require(
            try hospital.deliveries.next(for: Region.regulator, members: hospital.members))
        let verdicts = { (delivery: Delivery) in
            try region.node(Region.regulator).deliver(
                delivery.encoded, from: Region.hospital, at: region.now
            ).items.map(\.verdict)
        }
        #expect(
            try verdicts(after) == [.refused(.wrappedKey), .refused(.wrappedKey)])
        try region.node(Region.regulator).hold([new])
        #expect(try verdicts(after) == [.stored, .stored])
        #expect(try verdicts(before) == [.stored, .stored])
    }

    @Test("whom the ledger takes out is sealed nothing any more, and whom it takes in is")
    func membersOfTheDay() throws {
        let region = try Region()
        let hospital = try region.node(Region.hospital)
        let recipients = {
            try hospital.prepare([try Samples.claim(Region.opaque(0x71))])[0].recipients
        }
        #expect(try recipients() == [Region.hospital, Region.insurer, Region.regulator])
        let second = try #require(InstitutionID("insurer-2"))
        var timeline = try CharterTimeline(region.genesis).after(
            .remove(Region.insurer), from: Height(2))
        let newcomer = Institution(
            id: second, name: "Insurer 2", kind: .insurer, tier: .county, power: 0,
            submitKeys: [], sealKey: try SealSecretKey(random: .system).publicKey.bytes)
        timeline = try timeline.after(.add(newcomer), from: Height(2))
        hospital.follow(timeline)
        #expect(try recipients() == [Region.hospital, second, Region.regulator])
    }

    @Test("another than the issuer cannot deliver, and a stranger's answer takes nothing away")
    func foreign() throws {
        let region = try Region()
        try region.commit(try region.prepare([try Samples.record()], by: Region.hospital))
        let queue = try region.node(Region.hospital).deliveries
        let delivery = try #require(
            try queue.next(for: Region.regulator, members: region.members))
        #expect(throws: SupervisionError.foreign(what: "delivery", from: Region.insurer)) {
            try region.node(Region.regulator).deliver(
                delivery.encoded, from: Region.insurer, at: region.now)
        }
        #expect(throws: SupervisionError.self) {
            try region.node(Region.insurer).deliver(
                delivery.encoded, from: Region.hospital, at: region.now)
        }
        let answer = try region.node(Region.regulator).deliver(
            delivery.encoded, from: Region.hospital, at: region.now)
        try queue.handleAnswer(answer.encode(), from: Region.insurer)
        #expect(try queue.waiting().map(\.recipient) == [Region.regulator])
    }

    @Test("what is not what the entry says is refused, with the reason, and kept")
    func mismatches() throws {
        let region = try Region()
        let payload = Array("not what was committed".utf8)
        let genuine = try Entry.decode(
            try region.prepare([try Samples.record()], by: Region.hospital)[0])
        let forged = try SealedPayload(sealing: payload, ledger: region.ledger, random: .system)
        try region.commit([genuine.encode()])
        let regulator = try region.node(Region.regulator)

        // The right ciphertext's place taken by another one under the same commitment.
        let commitment = try #require(genuine.commitment)
        let swapped = SealedPayload(kept: forged.bytes, commitment: commitment, key: forged.key)
        let first = try deliver(swapped, number: 1, to: regulator, region)
        #expect(first.items.map(\.verdict) == [.refused(.sealedDigest)])

        // A commitment that the payload does not have, before any entry says so.
        let early = SealedPayload(
            kept: forged.bytes, commitment: SHA256.hash([1]), key: forged.key)
        let second = try deliver(early, number: 2, to: regulator, region)
        #expect(second.items.map(\.verdict) == [.refused(.ciphertext)])

        let kept = try regulator.payloads.mismatches()
        #expect(Set(kept.map(\.reason)) == [.sealedDigest, .ciphertext])
        #expect(kept.allSatisfy { $0.issuer == Region.hospital })
        // The right one is still taken.
        try region.deliver(from: Region.hospital, to: Region.regulator)
        let item = try #require(try regulator.entries.entry(at: 0))
        #expect(try regulator.entries.facts(of: item).count == 1)
        #expect(try region.node(Region.hospital).deliveries.refusedCount() == 0)
    }

    @Test("a payload that its entry does not fit is found out when the entry is committed")
    func earlyMismatches() throws {
        struct Row {
            let name: String
            let reason: Mismatch.Reason
            let change: (inout Entry) -> Void
        }
        let rows = [
            Row(name: "another digest", reason: .sealedDigest) { $0.sealedPayload = .zero },
            Row(name: "no recipient", reason: .notRecipient) { $0.recipients = [Region.hospital] },
            Row(name: "another patient", reason: .patient) {
                $0.subjects = [.patient(Region.opaque(0x77))]
            },
        ]
        for row in rows {
            let region = try Region()
            let payload = try #require(try Samples.record().payload)
            let sealed = try SealedPayload(
                sealing: payload.encode(), ledger: region.ledger, random: .system)
            var entry = Entry(
                kind: .record, issuer: Region.hospital, stream: StreamID(0), number: 1,
                eventTime: Timestamp(milliseconds: 1), subjects: [.patient(Samples.patient)],
                commitment: sealed.commitment, sealedPayload: sealed.digest,
                recipients: [Region.hospital, Region.regulator])
            row.change(&entry)
            let regulator = try region.node(Region.regulator)
            let early = try deliver(sealed, number: 1, to: regulator, region)
            #expect(early.items.map(\.verdict) == [.stored], "\(row.name)")
            try region.block([entry.encode()])
            try region.catchUp(Region.regulator)
            #expect(try regulator.payloads.mismatches().map(\.reason) == [row.reason])
            let item = try #require(try regulator.entries.entry(at: 0))
            #expect(try regulator.entries.facts(of: item).isEmpty, "\(row.name)")
        }
    }

    @Test("who delivers another's commitment first does not keep the right key out")
    func squatting() throws {
        let region = try Region()
        let entries = try region.prepare([try Samples.claim()], by: Region.hospital)
        try region.block(entries)
        try region.catchUp(Region.hospital)
        try region.catchUp(Region.insurer)
        try region.deliver(from: Region.hospital, to: Region.insurer)
        // The insurer, who may read the claim, hands it to the regulator as its own.
        let entry = try Entry.decode(entries[0])
        let opened = try #require(try region.node(Region.insurer).payloads.opened(entry))
        let copy = try SealedPayload(
            sealing: opened.payload, ledger: region.ledger, random: .system)
        let commitment = try #require(entry.commitment)
        let squat = SealedPayload(kept: copy.bytes, commitment: commitment, key: copy.key)
        let regulator = try region.node(Region.regulator)
        _ = try deliver(squat, number: 1, from: Region.insurer, to: regulator, region)
        try region.catchUp(Region.regulator)
        try region.deliver(from: Region.hospital, to: Region.regulator)
        let item = try #require(try regulator.entries.entry(at: 0))
        #expect(try regulator.entries.facts(of: item).count == 1)
    }

    @Test("no bytes of a stranger trap the receiver or the queue, from seeds 0 to 299")
    func hostile() throws {
        let region = try Region()
        try region.commit(try region.prepare([try Samples.record()], by: Region.hospital))
        let regulator = try region.node(Region.regulator)
        let queue = try region.node(Region.hospital).deliveries
        let delivery = try #require(
            try queue.next(for: Region.regulator, members: region.members)
        ).encoded
        let answer = DeliveryAnswer(
            ledger: region.ledger, issuer: Region.hospital, stream: StreamID(0),
            items: [DeliveryAnswer.Item(number: 1, commitment: .zero, verdict: .later)]
        ).encode()
        for seed in UInt64(0)..<300 {
            var random = Seeded(seed)
            let bent = random.bend(delivery)
            let item = try regulator.entries.entry(at: 0)
            if let reception = try? regulator.deliver(
                bent, from: Region.hospital, at: region.now),
                reception.items.contains(where: { $0.verdict == .stored }),
                let item
            {
                // What is stored opens to what was committed, whatever was bent around it.
                #expect(try regulator.entries.facts(of: item).count <= 1, "seed \(seed)")
            }
            _ = try? queue.handleAnswer(random.bend(answer), from: Region.regulator)
        }
        #expect(try queue.waiting().map(\.count) == [1])
    }

    @Test("a payload whose key was destroyed is erased, and is not delivered any more")
    func erasure() throws {
        let region = try Region()
        let entries = try region.prepare([try Samples.record()], by: Region.hospital)
        try region.commit(entries)
        let hospital = try region.node(Region.hospital)
        try hospital.payloads.erase([try Entry.decode(entries[0])])
        let item = try #require(try hospital.entries.entry(at: 0))
        #expect(try hospital.entries.content(of: item) == .erased)
        #expect(
            try hospital.deliveries.next(for: Region.regulator, members: region.members) == nil)
        #expect(try hospital.deliveries.waiting().isEmpty)
    }

    private func deliver(
        _ sealed: SealedPayload, number: UInt64, from issuer: InstitutionID = Region.hospital,
        to node: Supervisor, _ region: Region
    ) throws -> DeliveryAnswer {
        let key = try #require(region.members[node.institution]?.sealKey)
        var sealer = try DeliverySealer(
            ledger: region.ledger, issuer: issuer, stream: StreamID(0), firstNumber: number,
            recipients: [(node.institution, try SealPublicKey(key))])
        try sealer.add(sealed, number: number, recipients: [node.institution])
        return try node.deliver(sealer.delivery.encoded, from: issuer, at: region.now)
    }
}
