import Cryptography
import Ledger
import Primitives
import Proofs
import Records
import Supervision
import Testing

@Suite("Cases at the desk")
struct CaseTests {
    private static let id = Region.opaque(0x77)
    private static let marker = "CASE-MARKER-3141"

    private func submission(
        _ step: CaseBody.Step, after previous: UInt64?, to recipients: [InstitutionID] = [],
        about subjects: [Subject] = []
    ) -> Submission {
        let statement = CaseStatement(
            blindedCase: Self.id, step: step, words: Self.marker, findings: [.zero],
            bundles: step.kind == .case ? [] : [[1, 2, 3]])
        return Submission(
            kind: step.kind, eventTime: Timestamp(milliseconds: 5_000), subjects: subjects,
            body: .case(CaseBody(blindedCase: Self.id, step: step, previous: previous)),
            payload: statement.payload, recipients: recipients)
    }

    private func history(
        at id: InstitutionID, of wanted: OpaqueID? = CaseTests.id, _ region: Region
    ) throws -> CaseHistory {
        let request = DeskRequest.cases(wanted)
        #expect(try DeskRequest.decode(request.encode()) == request)
        let answer = try region.node(id).control(request.encode(), at: region.now).answer
        return try CaseHistory.decode(answer)
    }

    private static let notice = CaseBody.Step.noticed(
        CaseBody.Opening(findings: [1], rules: ["PR-03"]))

    @Test("each step is read by whom it was sealed to, and by nobody else")
    func entitled() throws {
        let region = try Region()
        let steps: [(CaseBody.Step, [InstitutionID], [Subject])] = [
            (.opened, [], []), (.shared(.legal), [Region.insurer], []),
            (Self.notice, [Region.pharmacy], [.institution(Region.pharmacy)]), (.closed, [], []),
        ]
        var previous: UInt64?
        for (step, recipients, subjects) in steps {
            let bytes = try region.prepare(
                [submission(step, after: previous, to: recipients, about: subjects)],
                by: Region.regulator)
            // Nothing of what is said stands in the entry.
            #expect(bytes[0].firstRange(of: Array(Self.marker.utf8)) == nil)
            try region.commit(bytes)
            previous = (previous ?? UInt64.max) &+ 1
        }
        try region.deliverAll()
        let opened: [(InstitutionID, [UInt64])] = [
            (Region.regulator, [0, 1, 2, 3]), (Region.insurer, [1]), (Region.pharmacy, [2]),
            (Region.hospital, []),
        ]
        for (id, leaves) in opened {
            let steps = try history(at: id, region).steps
            #expect(steps.map(\.leafIndex) == [0, 1, 2, 3], "\(id)")
            #expect(steps.filter { $0.opened != nil }.map(\.leafIndex) == leaves, "\(id)")
            for step in steps {
                guard let opened = step.opened else { continue }
                let statement = try CaseStatement.decode(opened.statement)
                #expect(statement.words == Self.marker)
                let commitment = try PayloadCommitment.commit(
                    to: statement.payload.encode(), salt: opened.salt, ledger: region.ledger)
                #expect(try Entry.decode(step.entry).commitment == commitment)
            }
        }
        // Whoever is not named keeps nothing of it on his disk either.
        region.close(Region.hospital)
        for file in Folder.files(below: region.path(Region.hospital)) {
            #expect(file.bytes.firstRange(of: Array(Self.marker.utf8)) == nil)
        }
        // Only the notice names anybody.
        for (index, named) in [(0, false), (1, false), (2, true), (3, false)] {
            let entry = try #require(
                try region.node(Region.insurer).entries.entry(at: UInt64(index))
            ).entry
            #expect(entry.subjects.isEmpty != named)
        }
    }

    @Test("steps that do not count, or are another's, are not in the history of a case")
    func order() throws {
        let region = try Region()
        func take(
            _ step: CaseBody.Step, after previous: UInt64?, by id: InstitutionID
        ) throws {
            try region.commit(
                try region.prepare([submission(step, after: previous)], by: id))
        }
        try take(.added, after: 9, by: Region.regulator)
        try take(.opened, after: nil, by: Region.hospital)
        #expect(try history(at: Region.regulator, region).steps.isEmpty)
        try take(.opened, after: nil, by: Region.regulator)
        try take(.closed, after: 2, by: Region.insurer)
        try take(.opened, after: nil, by: Region.insurer)
        try take(.added, after: 2, by: Region.regulator)
        try take(.closed, after: 2, by: Region.regulator)
        #expect(try history(at: Region.regulator, region).steps.map(\.leafIndex) == [2, 4, 5])
        // A restart reads the same.
        region.close(Region.regulator)
        try take(.closed, after: 5, by: Region.regulator)
        #expect(try history(at: Region.regulator, region).steps.map(\.leafIndex) == [2, 4, 5, 7])
        #expect(try history(at: Region.regulator, of: nil, region).steps.count == 4)
        #expect(try history(at: Region.regulator, of: Region.opaque(1), region).steps.isEmpty)
    }

    @Test("an appeal stands beside the steps, read by whose case it is")
    func appeal() throws {
        let region = try Region()
        let appeal = CaseBody.Step.appealed(Region.regulator)
        // Of a case that is not there, it is of none.
        try region.commit(
            try region.prepare(
                [submission(appeal, after: 9, to: [Region.regulator])], by: Region.pharmacy))
        #expect(try history(at: Region.regulator, region).steps.isEmpty)
        try region.commit(
            try region.prepare([submission(.opened, after: nil)], by: Region.regulator))
        try region.commit(
            try region.prepare(
                [
                    submission(
                        Self.notice, after: 1, to: [Region.pharmacy],
                        about: [.institution(Region.pharmacy)])
                ], by: Region.regulator))
        try region.commit(
            try region.prepare(
                [submission(appeal, after: 2, to: [Region.regulator])], by: Region.pharmacy))
        try region.commit(
            try region.prepare([submission(.closed, after: 2)], by: Region.regulator))
        try region.deliverAll()
        for (id, opened) in [
            (Region.regulator, [1, 2, 3, 4]), (Region.pharmacy, [2, 3]), (Region.insurer, []),
        ] as [(InstitutionID, [UInt64])] {
            let steps = try history(at: id, region).steps
            #expect(steps.map(\.leafIndex) == [1, 2, 3, 4])
            #expect(steps.filter { $0.opened != nil }.map(\.leafIndex) == opened, "\(id)")
        }
    }

    @Test("an appeal counts where it is by who was given the notice that it names")
    func strangersAppeal() throws {
        let region = try Region()
        let appeal = CaseBody.Step.appealed(Region.regulator)
        func take(
            _ step: CaseBody.Step, after previous: UInt64?, by id: InstitutionID,
            about subjects: [Subject] = [], to recipients: [InstitutionID] = []
        ) throws {
            try region.commit(
                try region.prepare(
                    [submission(step, after: previous, to: recipients, about: subjects)], by: id))
        }
        try take(.opened, after: nil, by: Region.regulator)
        // Before a notice there is nothing to appeal against, whoever does.
        try take(appeal, after: 0, by: Region.pharmacy, to: [Region.regulator])
        try take(
            Self.notice, after: 0, by: Region.regulator,
            about: [.institution(Region.pharmacy)])
        // The hospital was given none; the pharmacy's names no notice; the last two count.
        try take(appeal, after: 2, by: Region.hospital, to: [Region.regulator])
        try take(appeal, after: 3, by: Region.pharmacy, to: [Region.regulator])
        try take(appeal, after: 2, by: Region.pharmacy, to: [Region.regulator])
        try take(
            Self.notice, after: 2, by: Region.regulator,
            about: [.practitioner(Region.opaque(9))], to: [Region.hospital])
        try take(appeal, after: 6, by: Region.hospital, to: [Region.regulator])
        // One to another's case of the same id names that one's notice, or none.
        try take(.appealed(Region.insurer), after: 6, by: Region.hospital, to: [Region.insurer])
        for id in [Region.regulator, Region.hospital, Region.pharmacy] {
            let steps = try history(at: id, region).steps
            #expect(steps.map(\.leafIndex) == [0, 2, 5, 6, 7], "\(id)")
        }
    }

    @Test("a step without a payload, or a notice that names nobody, is refused")
    func refused() throws {
        let region = try Region()
        var bare = submission(Self.notice, after: 1, about: [.institution(Region.pharmacy)])
        bare.payload = nil
        #expect(throws: SupervisionError.payload(.notice, isWanted: true)) {
            try region.prepare([bare], by: Region.regulator)
        }
        #expect(throws: SupervisionError.self) {
            try region.prepare([submission(Self.notice, after: 1)], by: Region.regulator)
        }
    }
}
