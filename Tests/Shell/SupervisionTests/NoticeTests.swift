import Cryptography
import Primitives
import Records
import Sealing
import Supervision
import Testing

@Suite("Notices of payloads")
struct NoticeTests {
    /// Delivers bytes that are not those that the entry committed to.
    private func deliverForged(
        _ entry: Entry, to id: InstitutionID, _ region: Region
    ) throws -> DeliveryAnswer {
        let forged = try SealedPayload(
            sealing: Array("another claim".utf8), ledger: region.ledger, random: .system)
        let swapped = SealedPayload(
            kept: forged.bytes, commitment: try #require(entry.commitment), key: forged.key)
        let member = try #require(region.members[id])
        var sealer = try DeliverySealer(
            ledger: region.ledger, issuer: entry.issuer, stream: entry.stream,
            firstNumber: entry.number,
            recipients: [(id, try SealPublicKey(try #require(member.sealKey)))])
        try sealer.add(swapped, number: entry.number, recipients: [id])
        return try region.node(id).deliver(
            sealer.delivery.encoded, from: entry.issuer, at: region.now)
    }

    private func tick(_ id: InstitutionID, _ region: Region) throws -> [Submission] {
        try region.block([])
        return try region.catchUp(id)
    }

    @Test("what is not what was committed is noticed once on the ledger, in its issuer's list")
    func mismatch() throws {
        let region = try Region()
        func open() throws {
            _ = try region.open(Region.insurer) { $0.noticeAfterMilliseconds = 10_000 }
        }
        try open()
        let bytes = try region.prepare([try Samples.claim()], by: Region.hospital)
        try region.commit(bytes)
        let entry = try Entry.decode(bytes[0])
        let answer = try deliverForged(entry, to: Region.insurer, region)
        #expect(answer.items.map(\.verdict) == [.refused(.sealedDigest)])
        var said: [Submission] = []
        for _ in 0..<3 where said.isEmpty { said = try tick(Region.insurer, region) }
        #expect(
            said.map(\.body) == [.notice(NoticeBody(leafIndex: 0, problem: .sealedDigest))])
        #expect(said.map(\.subjects) == [[.institution(Region.hospital)]])
        // It is an entry that everybody takes, and that the issuer's list shows.
        try region.commit(try region.prepare(said, by: Region.insurer))
        for id in Region.all {
            let rows = try region.node(id).entries.answer(
                TrailQuery(term: .subject(.institution(Region.hospital)), kinds: [.notice])
            ).rows
            #expect(rows.map(\.item.leafIndex) == [1], "\(id)")
            #expect(rows.first?.summary.contains("leaf 0") == true)
        }
        // Neither a restart nor another forgery makes a second one of the same problem.
        try open()
        _ = try deliverForged(entry, to: Region.insurer, region)
        for _ in 0..<5 { #expect(try tick(Region.insurer, region).isEmpty) }
    }

    @Test("a mismatch that the right payload mends before anybody looks is no notice")
    func mended() throws {
        let region = try Region()
        let bytes = try region.prepare([try Samples.claim()], by: Region.hospital)
        try region.commit(bytes)
        _ = try deliverForged(try Entry.decode(bytes[0]), to: Region.insurer, region)
        try region.deliver(from: Region.hospital, to: Region.insurer)
        region.close(Region.insurer)
        for _ in 0..<3 { #expect(try tick(Region.insurer, region).isEmpty) }
    }
}
