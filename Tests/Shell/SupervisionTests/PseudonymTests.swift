import Ledger
import Primitives
import Records
import Sealing
import Supervision
import Testing

@Suite("Pseudonyms")
struct PseudonymTests {
    private final class Provider {
        let folder: Folder
        let directory: IdentityDirectory
        let service: PseudonymService

        init(_ change: (inout PseudonymService.Terms) -> Void = { _ in }) throws {
            folder = try Folder()
            directory = try IdentityDirectory(
                folder: folder.path + "/identity", keyFolder: folder.path + "/keys")
            var terms = PseudonymService.Terms()
            change(&terms)
            service = PseudonymService(
                directory: directory, provider: Region.regulator, terms: terms)
        }
    }

    private let hospital = Members.Member(id: Region.hospital, kind: .hospital, sealKey: nil)
    private let names = [
        LocalName(.patient, "P-1"), LocalName(.practitioner, "D-1"), LocalName(.patient, "P-2"),
    ]

    private func request(
        _ names: [LocalName], epoch: UInt32 = 0, id: OpaqueID = Region.opaque(1)
    ) -> PseudonymRequest {
        PseudonymRequest(id: id, epoch: epoch, purpose: .treatment, names: names)
    }

    private func ids(_ reply: PseudonymService.Reply) throws -> [OpaqueID] {
        guard case .named(let ids) = reply.answer.verdict else {
            Issue.record("not named: \(reply.answer.verdict)")
            return []
        }
        return ids
    }

    @Test("every institution gets the same ids, and other persons and epochs have others")
    func same() throws {
        let provider = try Provider { $0.epochs = Epochs(days: 1) }
        let now = Timestamp(milliseconds: 86_400_000)
        let pharmacy = Members.Member(id: Region.pharmacy, kind: .pharmacy, sealKey: nil)
        let bytes = request(names).encode()
        let first = try ids(provider.service.handleRequest(bytes, from: hospital, at: now))
        let second = try ids(provider.service.handleRequest(bytes, from: pharmacy, at: now))
        let later = try ids(
            provider.service.handleRequest(
                request(names, epoch: 1).encode(), from: hospital, at: now))
        #expect(first == second)
        #expect(Set(first).count == 3)
        #expect(first[0] != later[0] && first[2] != later[2])
        #expect(first[1] == later[1], "a practitioner's id has no epochs")
        #expect(provider.directory.count == 2)
    }

    @Test("each patient named becomes an access entry of the provider, under the asker's name")
    func trail() throws {
        let provider = try Provider()
        let now = Timestamp(milliseconds: 77)
        let twice = names + [names[0]]
        let reply = try provider.service.handleRequest(
            request(twice).encode(), from: hospital, at: now)
        let named = try ids(reply)
        #expect(named[0] == named[3])
        #expect(reply.submissions.count == 2)
        let submission = try #require(reply.submissions.first)
        #expect(submission.kind == .access)
        #expect(submission.subjects == [.patient(named[0]), .institution(Region.hospital)])
        #expect(submission.access?.action == .create && submission.access?.purpose == .treatment)
        #expect(submission.payload?.facts.first?["object"] == .text("pseudonym"))
        #expect(submission.payload?.facts.first?["institution"] == .institution(Region.hospital))
        let again = try provider.service.handleRequest(
            request(names).encode(), from: hospital, at: now)
        #expect(again.submissions.map(\.access?.action) == [.read, .read])
        // It is a submission that the provider's own gateway takes.
        let region = try Region()
        #expect(try region.prepare(reply.submissions, by: Region.regulator).count == 2)
    }

    @Test("who only looks somebody up makes no key, and leaves a trace of who is known")
    func lookUp() throws {
        let provider = try Provider { $0.epochs = Epochs(days: 1) }
        let now = Timestamp(milliseconds: 86_400_000)
        func ask(_ names: [LocalName], enrols: Bool) throws -> PseudonymService.Reply {
            try provider.service.handleRequest(
                PseudonymRequest(
                    id: Region.opaque(1), epoch: 0, purpose: .treatment, names: names,
                    enrols: enrols
                ).encode(), from: hospital, at: now)
        }
        let before = try ask(names, enrols: false)
        let practitioner = provider.directory.regionKey.practitioner("D-1")
        #expect(before.answer.verdict == .found([nil, practitioner, nil]))
        #expect(before.submissions.isEmpty && provider.directory.count == 0)
        let named = try ids(try ask([names[0]], enrols: true))
        let after = try ask(names + [names[0]], enrols: false)
        #expect(after.answer.verdict == .found([named[0], practitioner, nil, named[0]]))
        #expect(after.submissions.map(\.access?.action) == [.read])
        #expect(provider.directory.count == 1)
    }

    @Test("too many names are put off, and named when the bucket has filled")
    func limits() throws {
        let provider = try Provider {
            $0.burst = 3
            $0.perMinute = 60
        }
        let bytes = request(names).encode()
        func ask(_ milliseconds: Int64) throws -> PseudonymAnswer.Verdict {
            try provider.service.handleRequest(
                bytes, from: hospital, at: Timestamp(milliseconds: milliseconds)
            ).answer.verdict
        }
        guard case .named = try ask(0) else {
            Issue.record("the first request must be answered")
            return
        }
        #expect(try ask(0) == .tooMany(retryAfterMilliseconds: 3_000))
        #expect(try ask(2_000) == .tooMany(retryAfterMilliseconds: 1_000))
        guard case .named = try ask(3_000) else {
            Issue.record("after the pause it must be answered")
            return
        }
    }

    @Test("strangers, epochs to come and empty requests are refused in words")
    func refusals() throws {
        let provider = try Provider()
        let auditor = Members.Member(id: Region.id("auditor"), kind: .auditor, sealKey: nil)
        let cases = [
            (request(names), auditor), (request(names, epoch: 1), hospital),
            (request([]), hospital),
        ]
        for (request, asker) in cases {
            let reply = try provider.service.handleRequest(
                request.encode(), from: asker, at: Timestamp(milliseconds: 0))
            guard case .refused(let reason) = reply.answer.verdict else {
                Issue.record("not refused: \(reply.answer.verdict)")
                continue
            }
            #expect(!reason.isEmpty)
            #expect(reply.submissions.isEmpty)
        }
        #expect(provider.directory.count == 0)
    }

    @Test("a client asks once for a name, remembers it over a restart, and stores no identifier")
    func client() throws {
        let provider = try Provider()
        let region = try Region()
        let asked = request(names)
        let bytes = try provider.service.handleRequest(
            asked.encode(), from: hospital, at: Timestamp(milliseconds: 0)
        ).answer.encode()
        do {
            let client = try region.node(Region.hospital).pseudonyms
            let wanted = try client.request(
                for: names + names, epoch: 0, purpose: .treatment, id: asked.id)
            #expect(wanted == asked)
            _ = try client.handleAnswer(bytes, to: asked)
        }
        region.close(Region.hospital)
        let client = try region.node(Region.hospital).pseudonyms
        #expect(
            try client.request(for: names, epoch: 0, purpose: .treatment, id: asked.id) == nil)
        #expect(try client.known(names, epoch: 0).compactMap(\.self).count == 3)
        #expect(try client.known(names, epoch: 1) == [nil, nil, nil])
        region.close(Region.hospital)
        #expect(Folder.files(below: region.path(Region.hospital), containing: "P-1") == [])
    }

    @Test("an answer to another question is refused")
    func unasked() throws {
        let region = try Region()
        let client = try region.node(Region.hospital).pseudonyms
        let one = PseudonymAnswer(id: Region.opaque(1), verdict: .named([Region.opaque(5)]))
        let other = PseudonymAnswer(id: Region.opaque(2), verdict: .named([]))
        let found = PseudonymAnswer(
            id: Region.opaque(1), verdict: .found([Region.opaque(5), nil, Region.opaque(6)]))
        for answer in [one, other, found] {
            #expect(throws: SupervisionError.unasked(what: "pseudonym answer")) {
                try client.handleAnswer(answer.encode(), to: request(names))
            }
        }
    }

    @Test("messages come back as they were written, and bent ones never trap, seeds 0 to 999")
    func codec() throws {
        let question = request(names)
        let looking = PseudonymRequest(
            id: question.id, epoch: 3, purpose: .payment, names: names, enrols: false)
        for question in [question, looking] {
            #expect(try PseudonymRequest.decode(question.encode()) == question)
        }
        let answers: [PseudonymAnswer.Verdict] = [
            .named([Region.opaque(3)]), .tooMany(retryAfterMilliseconds: 7), .refused("no"),
            .found([nil, Region.opaque(3)]),
        ]
        for verdict in answers {
            let answer = PseudonymAnswer(id: Region.opaque(4), verdict: verdict)
            let bytes = answer.encode()
            #expect(try PseudonymAnswer.decode(bytes) == answer)
            for seed in UInt64(0)..<1_000 {
                var random = Seeded(seed)
                let bent = random.bend(bytes)
                if let read = try? PseudonymAnswer.decode(bent) {
                    #expect(read.encode() == bent, "seed \(seed)")
                }
                let bentRequest = random.bend(question.encode())
                if let read = try? PseudonymRequest.decode(bentRequest) {
                    #expect(read.encode() == bentRequest, "seed \(seed)")
                }
            }
        }
    }
}

@Suite("Rate limit")
struct RateLimitTests {
    @Test("refills steadily, never above the burst, and not from a clock that runs backwards")
    func refills() {
        var limit = RateLimit(burst: 10, perMinute: 60)
        func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }
        #expect(limit.take(10, at: at(0)) == nil)
        #expect(limit.take(1, at: at(999)) == 1)
        #expect(limit.take(1, at: at(1_000)) == nil)
        #expect(limit.take(1, at: at(-5_000)) == 1_000)
        #expect(limit.take(1, at: at(1_500)) == 500)
        #expect(limit.take(10, at: at(1_000_000_000)) == nil)
        #expect(limit.take(1, at: at(1_000_000_000)) == 1_000)
        #expect(limit.take(11, at: at(2_000_000_000)) != nil)
        #expect(limit.take(1, at: at(Int64.max)) == nil)
        #expect(limit.take(1, at: at(Int64.min)) == nil)
    }
}
