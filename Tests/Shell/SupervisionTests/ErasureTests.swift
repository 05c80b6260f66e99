import Findings
import Primitives
import Proofs
import Records
import Supervision
import Testing

@Suite("Erasure, holds and notices")
struct ErasureTests {
    private let region: Region
    private static let now = Timestamp(milliseconds: 1_000)

    /// A claim at leaf 0 and a record at leaf 1, delivered to everybody.
    init() throws {
        region = try Region()
        try region.commit(
            try region.prepare([try Samples.claim(), try Samples.record()], by: Region.hospital))
        try region.deliverAll()
    }

    private func erase(_ leaves: [UInt64], by id: InstitutionID) throws -> [Submission] {
        let request = DeskRequest.erase(leaves: leaves, ground: "the patient asked")
        #expect(try DeskRequest.decode(request.encode()) == request)
        return try region.node(id).control(request.encode(), at: Self.now).first
    }

    private func status(_ leaf: UInt64, at id: InstitutionID) throws -> ErasureStatus {
        let answer = try region.node(id).control(
            DeskRequest.erasure(leaf: leaf).encode(), at: Self.now)
        return try ErasureStatus.decode(answer.answer)
    }

    private func hold(
        _ leaves: [UInt64], by id: InstitutionID, lifted: Bool = false, until: Day? = nil
    ) throws {
        let body = HoldBody(
            hold: Region.opaque(0x77), leaves: leaves, ground: "an appeal", until: until,
            isLifted: lifted)
        let submission = Submission(kind: .hold, eventTime: Self.now, body: .hold(body))
        try region.commit(try region.prepare([submission], by: id))
    }

    private func content(_ leaf: UInt64, at id: InstitutionID) throws -> EntryContent {
        let entries = try region.node(id).entries
        return try entries.content(of: try #require(try entries.entry(at: leaf)))
    }

    @Test("what is erased is read by nobody here again, and each holder certifies once")
    func erased() throws {
        let entry = try #require(try region.node(Region.insurer).entries.entry(at: 0)).entry
        let salt = try #require(try region.node(Region.insurer).payloads.opened(entry)).salt
        let n = entry.recipients.count
        #expect(entry.recipients == [Region.hospital, Region.insurer, Region.regulator])
        for (index, id) in [Region.insurer, Region.hospital].enumerated() {
            let first = try erase([0], by: id)
            #expect(first.map(\.kind) == [.erasure])
            #expect(first.first?.subjects == [.patient(Samples.patient)])
            #expect(try content(0, at: id) == .erased)
            // A crash before the certificate was numbered: it comes again, and is the same entry.
            region.close(id)
            try region.block([])
            let again = try region.catchUp(id)
            #expect(again == first)
            let prepared = try region.node(id).prepare(first)
            #expect(try region.node(id).prepare(again).map(\.isRepeated) == [true])
            try region.commit(region.number(prepared, by: id))
            region.close(id)
            for _ in 0..<3 {
                try region.block([])
                #expect(try region.catchUp(id).isEmpty)
            }
            let status = try status(0, at: id)
            #expect(status.erasedCount == index + 1 && status.holders.count == n)
        }
        for id in [Region.insurer, Region.hospital] {
            #expect(try content(0, at: id) == .erased)
            region.close(id)
            let files = Folder.files(below: region.path(id))
            #expect(!files.isEmpty)
            for marker in [salt, Array(Samples.documentMarker.utf8), Array(Samples.marker.utf8)] {
                #expect(files.filter { $0.bytes.firstRange(of: marker) != nil }.map(\.path) == [])
            }
        }
        // Everything else still opens, here and where nothing was erased.
        guard case .opened = try content(1, at: Region.hospital),
            case .opened = try content(0, at: Region.regulator)
        else {
            Issue.record("too much was erased")
            return
        }
        #expect(try status(0, at: Region.regulator).erasedCount == 2)
        #expect(try status(1, at: Region.regulator).erasedCount == 0)
    }

    @Test("a hold blocks until it is lifted by who placed it, or has run out")
    func held() throws {
        try hold([0], by: Region.hospital)
        #expect(try status(0, at: Region.insurer).holds.isEmpty, "a hospital cannot hold")
        try hold([0], by: Region.regulator)
        #expect(try status(0, at: Region.insurer).holds.map(\.issuer) == [Region.regulator])
        #expect(
            throws: SupervisionError.held(leafIndex: 0, by: "regulator holds it: an appeal")
        ) { try erase([0], by: Region.insurer) }
        try hold([0], by: Region.hospital, lifted: true)
        #expect(throws: SupervisionError.self) { try erase([0], by: Region.insurer) }
        guard case .opened = try content(0, at: Region.insurer) else {
            Issue.record("it was erased in spite of the hold")
            return
        }
        try hold([0], by: Region.regulator, lifted: true)
        #expect(try erase([0], by: Region.insurer).count == 1)
        try hold([1], by: Region.regulator, until: Day(number: -1))
        #expect(try erase([1], by: Region.regulator).count == 1, "it ran out in 1969")
    }

    /// A step of a case of the regulator's that gives these bytes, at the next leaf.
    private func give(
        _ step: CaseBody.Step, after previous: UInt64?, _ bytes: [UInt8]?,
        to recipients: [InstitutionID] = []
    ) throws {
        let id = Region.opaque(0x55)
        let statement = CaseStatement(
            blindedCase: id, step: step, words: "in words", findings: [.zero],
            bundles: bytes.map { [$0] } ?? [])
        let submission = Submission(
            kind: step.kind, eventTime: Self.now,
            subjects: step.kind == .notice ? [.institution(Region.hospital)] : [],
            body: .case(CaseBody(blindedCase: id, step: step, previous: previous)),
            payload: statement.payload, recipients: recipients)
        try region.commit(try region.prepare([submission], by: Region.regulator))
        try region.deliverAll()
    }

    @Test("what a share or a notice gave a copy of is erased together with that, or not at all")
    func copies() throws {
        let entry = try #require(try region.node(Region.insurer).entries.entry(at: 0)).entry
        let salt = try #require(try region.node(Region.insurer).payloads.opened(entry)).salt
        let notice = CaseBody.Step.noticed(CaseBody.Opening(findings: [1], rules: ["PR-03"]))
        try give(.opened, after: nil, nil)
        try give(notice, after: 2, [7, 7] + salt + [7], to: [Region.hospital])
        // That this one names another step, and does not count, makes it no less a copy.
        try give(.shared(.legal), after: 0, salt, to: [Region.insurer])
        try give(.shared(.legal), after: 3, Array(salt.dropLast()) + [0], to: [Region.pharmacy])
        for (id, word, leaf) in [
            (Region.hospital, "notice", 3), (Region.insurer, "share", 4),
            (Region.regulator, "notice", 3),
        ] as [(InstitutionID, String, UInt64)] {
            let words = "the \(word) of a case at leaf \(leaf) has a copy of it, with its salt; "
            #expect(
                throws: SupervisionError.held(leafIndex: 0, by: words + "erase both together"),
                "\(id)"
            ) { try erase([0], by: id) }
            guard case .opened = try content(0, at: id) else {
                Issue.record("\(id) erased it all the same")
                return
            }
        }
        // What nobody gave on goes by itself; and the copies go before, or with it.
        #expect(try erase([1], by: Region.hospital).count == 1)
        #expect(try erase([3, 0], by: Region.hospital).count == 1)
        #expect(try content(3, at: Region.hospital) == .erased)
        #expect(try erase([4], by: Region.insurer).count == 1)
        #expect(try erase([0], by: Region.insurer).count == 1)
    }

    @Test("what this institution does not hold cannot be erased by it")
    func nothing() throws {
        #expect(throws: SupervisionError.noPayload(leafIndex: 9, isThere: false)) {
            try erase([9], by: Region.insurer)
        }
        for (leaf, id) in [(1, Region.insurer), (0, Region.pharmacy)] as [(UInt64, InstitutionID)] {
            #expect(throws: SupervisionError.nothingToErase(leafIndex: leaf)) {
                try erase([leaf], by: id)
            }
        }
    }

    @Test("a payload that does not come in time is noticed once, over restarts")
    func notDelivered() throws {
        func open() throws {
            _ = try region.open(Region.insurer) { $0.noticeAfterMilliseconds = 3_000 }
        }
        try open()
        try region.commit(try region.prepare([try Samples.claim()], by: Region.pharmacy))
        var found: [Submission] = []
        for _ in 0..<6 where found.isEmpty {
            try region.block([])
            found = try region.catchUp(Region.insurer)
        }
        let notice = try #require(found.first)
        #expect(found.count == 1 && notice.subjects == [.institution(Region.pharmacy)])
        #expect(
            notice.body == .notice(NoticeBody(leafIndex: 2, problem: .notDelivered)))
        try open()
        try region.block([])
        let again = try region.catchUp(Region.insurer)
        #expect(again.map(\.reference) == [notice.reference], "it was lost in a crash")
        try region.commit(try region.prepare(again, by: Region.insurer))
        try open()
        for _ in 0..<6 {
            try region.block([])
            #expect(try region.catchUp(Region.insurer).isEmpty)
        }
    }
}
