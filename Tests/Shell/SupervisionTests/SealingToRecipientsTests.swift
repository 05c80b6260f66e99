import Findings
import Primitives
import Records
import Supervision
import Testing

@Suite("Sealing to recipients")
struct SealingToRecipientsTests {
    @Test("who is a recipient opens the payload, the issuer at once, and nobody else")
    func onlyRecipients() throws {
        let region = try Region()
        try region.commit(try region.prepare([try Samples.claim()], by: Region.hospital))
        let before = try content(at: 0, region)
        #expect(before[Region.insurer] == .awaited)
        #expect(before[Region.regulator] == .awaited)
        try region.deliverAll()
        let after = try content(at: 0, region)
        let payload = try #require(try Samples.claim().payload)
        for id in [Region.hospital, Region.insurer, Region.regulator] {
            #expect(after[id] == .opened(payload), "\(id)")
        }
        #expect(after[Region.pharmacy] == .sealed)
        #expect(try region.node(Region.hospital).deliveries.waiting().isEmpty)
    }

    private func content(
        at leaf: UInt64, _ region: Region
    ) throws -> [InstitutionID: EntryContent] {
        var found: [InstitutionID: EntryContent] = [:]
        for id in Region.all {
            let store = try region.node(id).entries
            let item = try #require(try store.entry(at: leaf))
            found[id] = try store.content(of: item)
        }
        return found
    }

    @Test("a node that is no recipient has no word of it, nor has anybody's disk in plain")
    func markers() throws {
        let region = try Region()
        try region.commit(
            try region.prepare([try Samples.claim(), try Samples.record()], by: Region.hospital))
        try region.deliverAll()
        for id in Region.all { region.close(id) }
        for marker in [Samples.marker, Samples.documentMarker] {
            #expect(Folder.files(below: region.folder.path, containing: marker) == [])
        }
        // The search itself works: what stands in clear is found on every node.
        let pseudonym = String(decoding: Samples.patient.bytes, as: UTF8.self)
        for id in Region.all {
            #expect(!Folder.files(below: region.path(id), containing: pseudonym).isEmpty)
        }
    }

    @Test("what a node that is no recipient learns is what the format's table says")
    func table() throws {
        let region = try Region()
        try region.commit(try region.prepare([try Samples.claim()], by: Region.hospital))
        try region.deliverAll()
        let stranger = try region.node(Region.pharmacy).entries
        let item = try #require(try stranger.entry(at: 0))
        let entry = item.entry
        #expect(entry.kind == .claim)
        #expect(entry.subjects == [.patient(Samples.patient), .claim(Samples.claimID)])
        #expect(entry.recipients == [Region.hospital, Region.insurer, Region.regulator])
        #expect(entry.body == nil && entry.access == nil)
        #expect(try stranger.facts(of: item) == [])
        // Nothing stands in the bytes beside the fields that every node may read.
        #expect(try Entry.decode(item.bytes) == entry)
        let row = try #require(
            try stranger.answer(TrailQuery(term: .subject(.patient(Samples.patient)))).rows.first)
        #expect(row.state == .sealed && row.facts.isEmpty && row.mediaType.isEmpty)
    }

    @Test("one payload is sealed anew each time, so that equal payloads are not seen to be equal")
    func freshSalts() throws {
        let region = try Region()
        let entries = try region.prepare(
            [try Samples.claim(), try Samples.claim()], by: Region.hospital
        ).map { try Entry.decode($0) }
        #expect(entries[0].commitment != entries[1].commitment)
        #expect(entries[0].sealedPayload != entries[1].sealedPayload)
    }

    @Test("a submission under the reference of an earlier one is answered with its entry")
    func references() throws {
        let region = try Region()
        let reference = Region.opaque(9)
        let node = try region.node(Region.hospital)
        let first = try node.prepare(
            [try Samples.claim(reference: reference), try Samples.claim(reference: reference)])
        #expect(first.map(\.isRepeated) == [false, true])
        #expect(first[0].commitment == first[1].commitment)
        let again = try node.prepare(
            [try Samples.claim(reference: reference)])
        #expect(again.map(\.isRepeated) == [true])
        #expect(again[0].commitment == first[0].commitment)
        #expect(
            again[0].numbered(StreamID(2), 7).encode()
                == first[0].numbered(StreamID(2), 7).encode())
    }

    @Test("one that cannot become an entry keeps the others from being kept")
    func refusals() throws {
        let region = try Region()
        let gateway = try region.node(Region.hospital)
        var noPayload = try Samples.claim()
        noPayload.payload = nil
        var noClaim = try Samples.claim()
        noClaim.subjects = [.patient(Samples.patient)]
        var otherPatient = try Samples.claim()
        otherPatient.subjects = [.patient(Region.opaque(0x12)), .claim(Samples.claimID)]
        var stranger = try Samples.claim()
        stranger.recipients = [Region.id("nobody")]
        var void = try Samples.claim()
        void.kind = .void
        let cases: [(Submission, SupervisionError)] = [
            (noPayload, .payload(.claim, isWanted: true)),
            (
                noClaim,
                .submission(
                    .missing(.subjects, kind: .claim, right: "a patient and a claim"))
            ),
            (otherPatient, .evidence(.subject(ordinal: 0, field: "patient"))),
            (stranger, .recipient(Region.id("nobody"), why: "is not a member")),
            (void, .voidIsTheOutboxs),
        ]
        for (submission, error) in cases {
            #expect(throws: error) {
                try gateway.prepare([try Samples.claim(), submission])
            }
        }
        #expect(try region.node(Region.hospital).payloads.orphans().isEmpty)
    }
}
