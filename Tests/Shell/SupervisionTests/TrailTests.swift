import Primitives
import Proofs
import Records
import Supervision
import Testing

@Suite("Trails")
struct TrailTests {
    @Test("rows come in ledger order, by term, kind and event time, a page at a time")
    func pages() throws {
        let region = try Region()
        var submissions: [Submission] = []
        for time in 1...10 { submissions.append(try Samples.record(at: Int64(time))) }
        submissions.append(try Samples.claim())
        try region.commit(try region.prepare(submissions, by: Region.hospital))
        let store = try region.node(Region.pharmacy).entries
        var query = TrailQuery(
            term: .subject(.patient(Samples.patient)), kinds: [.record],
            from: Timestamp(milliseconds: 3), to: Timestamp(milliseconds: 9), limit: 4)
        let first = try store.answer(query)
        #expect(first.rows.map(\.item.leafIndex) == [2, 3, 4, 5])
        query.firstLeaf = try #require(first.next)
        let second = try store.answer(query)
        #expect(second.rows.map(\.item.leafIndex) == [6, 7])
        #expect(second.next == nil)
        let terms: [(EntryTerm, Int)] = [
            (.issuer(Region.hospital), 11), (.issuer(Region.insurer), 0),
            (.subject(.claim(Samples.claimID)), 1),
            (.subject(.patient(Region.opaque(0x12))), 0),
        ]
        for (term, count) in terms {
            #expect(try store.answer(TrailQuery(term: term)).rows.count == count, "\(term)")
        }
        #expect(try store.answer(TrailQuery()).rows.count == 11)
    }

    @Test("a row says in words what this node may know")
    func summaries() throws {
        let region = try Region()
        try region.commit(try region.prepare([try Samples.record()], by: Region.hospital))
        func summary(_ id: InstitutionID) throws -> String {
            try #require(try region.node(id).entries.answer(TrailQuery()).rows.first).summary
        }
        #expect(try summary(Region.hospital).contains(Samples.marker))
        #expect(try summary(Region.regulator) == "payload not delivered yet")
        #expect(try summary(Region.pharmacy) == "sealed to county-hospital, regulator")
    }

    @Test("asking is an access of its own, which can be submitted, whomever it is about")
    func askingIsAccess() throws {
        let region = try Region()
        let query = TrailQuery(term: .subject(.patient(Samples.patient)))
        var asked = Query()
        asked.patient = Samples.patient
        func trace(_ query: Query) throws -> Submission {
            try #require(
                region.node(Region.regulator).traces(
                    ofAsking: query, .supervision, at: region.now
                ).first)
        }
        let access = try trace(asked)
        #expect(access.access?.purpose == .supervision)
        let fact = try #require(access.payload?.facts.first)
        let known = fact.kind.schema.fields.filter { fact[$0.number] != nil }.map(\.name)
        #expect(
            known == [
                "patient", "action", "purpose", "basis", "outcome", "at", "object", "institution",
            ])
        try region.commit(try region.prepare([access], by: Region.regulator))
        let rows = try region.node(Region.regulator).entries.answer(query).rows
        #expect(
            rows.map(\.summary) == [
                "read for supervision, basis legal; "
                    + TrailTests.words(fact)
            ])
        var others = Query()
        others.practitioner = Region.opaque(0x22)
        others.institution = Region.hospital
        others.issuer = Region.regulator
        others.kinds = [.claim]
        let execute = try trace(others)
        #expect(execute.access?.action == .execute)
        #expect(
            execute.subjects == [
                .practitioner(Region.opaque(0x22)), .institution(Region.hospital),
            ], "nobody is a subject of an entry of its own")
        let object = execute.payload?.facts.first?["object"]
        guard case .text(let words) = object else {
            Issue.record("no words: \(String(describing: object))")
            return
        }
        #expect(words.contains("practitioner") && words.contains("kind claim"))
        #expect(try trace(Query()).subjects.isEmpty)
        let all = [execute, try trace(Query())]
        #expect(try region.prepare(all, by: Region.regulator).count == 2)
    }

    private static func words(_ fact: Fact) -> String {
        "access: "
            + fact.kind.schema.fields.compactMap { field in
                fact[field.number].map { "\(field.name) \($0)" }
            }.joined(separator: ", ")
    }
}
