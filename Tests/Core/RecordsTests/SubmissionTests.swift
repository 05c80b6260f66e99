import Primitives
import Records
import Testing

@Suite("Submission")
struct SubmissionTests {
    static func sample() throws -> Submission {
        var fact = Fact(.claim)
        try fact.set("claim", to: .id(EntrySamples.id(0x44)))
        try fact.set("type", to: .text("professional"))
        return Submission(
            kind: .claim, eventTime: Timestamp(milliseconds: 1_790_000_000_123),
            subjects: [EntrySamples.patient, EntrySamples.claim],
            payload: Payload(mediaType: "application/fhir+json", source: [1, 2, 3], facts: [fact]),
            recipients: [EntrySamples.institution("insurer")], reference: EntrySamples.id(7))
    }

    @Test("comes back as it was written, with and without what may be absent")
    func roundTrip() throws {
        let bare = Submission(
            kind: .source, eventTime: Timestamp(milliseconds: -5),
            body: .source(EntrySamples.source))
        let access = Submission(
            kind: .access, eventTime: Timestamp(milliseconds: 0), subjects: [EntrySamples.patient],
            access: EntrySamples.signed.access,
            payload: Payload(mediaType: "", source: [], facts: []))
        for submission in [try Self.sample(), bare, access] {
            let bytes = submission.encode()
            #expect(try Submission.decode(bytes) == submission)
            for end in bytes.indices {
                #expect(throws: SubmissionError.self) {
                    try Submission.decode(Array(bytes[..<end]))
                }
            }
        }
    }

    @Test("a bent bit is refused, or read as what it then says")
    func bent() throws {
        let bytes = try Self.sample().encode()
        for index in bytes.indices {
            for bit in 0..<8 {
                var bent = bytes
                bent[index] ^= 1 << UInt8(bit)
                guard let read = try? Submission.decode(bent) else { continue }
                #expect(read.encode() == bent, "byte \(index), bit \(bit)")
            }
        }
    }

    @Test("a payload that is none, and one too large, have errors of their own")
    func refusals() throws {
        let bytes = try Self.sample().encode()
        let at = try #require(bytes.firstRange(of: [0x83, 0x01, 0x82]))
        var bent = bytes
        bent[at.lowerBound + 1] = 2
        #expect(
            throws: SubmissionError.payload(.malformed(.version(offset: 1, found: 2, supported: 1)))
        ) {
            try Submission.decode(bent)
        }
        let long = [UInt8](repeating: 0, count: Submission.byteCountMax + 1)
        #expect(
            throws: SubmissionError.oversize(
                byteCount: long.count, limit: Submission.byteCountMax)
        ) { try Submission.decode(long) }
    }
}
