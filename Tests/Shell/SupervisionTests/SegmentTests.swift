import Primitives
import Proofs
import Records
import Sealing
import Supervision
import Testing

@Suite("Segments of a record")
struct SegmentTests {
    private static let kinds: [Segment.Kind] = [.demographics, .vitals, .thirdParty]
    private static let marker = "SEGMENT-MARKER-3131"

    private func record(_ body: RecordBody? = nil) throws -> Submission {
        var fact = Fact(.record)
        try fact.set("patient", to: .id(Samples.patient))
        return Submission(
            kind: .record, eventTime: Timestamp(milliseconds: 2_000),
            subjects: [.patient(Samples.patient)], body: body.map { .record($0) },
            payload: Payload(
                mediaType: "", source: [], facts: [fact],
                segments: Self.kinds.map {
                    Segment(
                        kind: $0, mediaType: "text/plain",
                        content: Array("\(Self.marker) \($0)".utf8))
                }))
    }

    private func disclose(
        _ leaf: UInt64, _ kinds: Set<Segment.Kind>, by id: InstitutionID, _ region: Region
    ) throws -> (answer: DisclosureAnswer, first: [Submission]) {
        let reply = try region.node(id).control(
            DeskRequest.disclose(leaf: leaf, kinds).encode(), at: region.now)
        return (try DisclosureAnswer.decode(reply.answer), reply.first)
    }

    private func root(_ leaf: UInt64, _ region: Region) throws -> RecordBody {
        let entry = try region.node(Region.pharmacy).entries.entry(at: leaf)?.entry
        guard case .record(let body) = entry?.body else { throw Missing() }
        return body
    }

    private struct Missing: Error {}

    @Test("every holder can show the same segments, each under a salt of its own, as an access")
    func disclosed() throws {
        let region = try Region()
        try region.commit(try region.prepare([try record()], by: Region.hospital))
        try region.deliverAll()
        let body = try root(0, region)
        var salts: Set<[UInt8]> = []
        for id in [Region.hospital, Region.regulator] {
            let (answer, first) = try disclose(0, [.vitals, .demographics], by: id, region)
            #expect(answer.segmentCount == 3)
            #expect(answer.shown.map(\.segment.kind) == [.demographics, .vitals])
            #expect(answer.shown.map(\.place) == [0, 1])
            #expect(first.map(\.kind) == [.access])
            #expect(first.first?.subjects == [.patient(Samples.patient)])
            #expect(try region.prepare(first, by: id).count == 1)
            for shown in answer.shown { salts.insert(shown.segment.salt) }
        }
        #expect(salts.count == 2 && salts.allSatisfy { $0.count == 32 })
        #expect(body.version == 1 && body.previous == nil)
        let refused: [(InstitutionID, Set<Segment.Kind>, String)] = [
            (Region.pharmacy, [.vitals], "not sealed to this institution"),
            (
                Region.hospital, [.images],
                "no segment images; there are demographics, third-party, vitals"
            ),
        ]
        for (id, kinds, why) in refused {
            let error = #expect(throws: SupervisionError.self) {
                try disclose(0, kinds, by: id, region)
            }
            #expect(error?.description.contains(why) == true)
        }
        #expect(Folder.files(below: region.path(Region.regulator), containing: Self.marker) == [])
    }

    @Test("after erasure neither segments nor salts can be shown, and other records still can")
    func erased() throws {
        let region = try Region()
        let following = RecordBody(root: .zero, version: 2, previous: .zero)
        try region.commit(
            try region.prepare([try record(), try record(following)], by: Region.hospital))
        try region.deliverAll()
        #expect(try root(1, region).version == 2)
        let (before, _) = try disclose(0, [.vitals], by: Region.regulator, region)
        #expect(before.shown.count == 1)
        for id in [Region.hospital, Region.regulator] {
            let node = try region.node(id)
            let erased = try #require(try node.entries.entry(at: 0))
            try node.payloads.erase([erased.entry])
            let error = #expect(throws: SupervisionError.self) {
                try disclose(0, [.vitals], by: id, region)
            }
            #expect(error?.description.contains("erased here, salts and all") == true)
            #expect(try disclose(1, [.vitals], by: id, region).answer.shown.count == 1)
        }
    }

    @Test("segments that are not those of the root are refused, and noticed on the ledger")
    func mismatched() throws {
        let region = try Region()
        let genuine = try Entry.decode(
            try region.prepare([try record()], by: Region.hospital)[0])
        // The issuer's node is bent: it shows another root than that of what it seals.
        var bent = genuine
        bent.body = .record(RecordBody(root: .zero))
        try region.commit([bent.encode()])
        try region.deliverAll()
        do {
            let store = try region.node(Region.regulator).entries
            let item = try #require(try store.entry(at: 0))
            #expect(try store.content(of: item) == .mismatched(.segments))
        }
        #expect(throws: SupervisionError.self) {
            try disclose(0, [.vitals], by: Region.regulator, region)
        }
        region.close(Region.regulator)
        try region.block([])
        let said = try region.catchUp(Region.regulator)
        #expect(
            said.map(\.body) == [.notice(NoticeBody(leafIndex: 0, problem: .segments))])
    }
}
