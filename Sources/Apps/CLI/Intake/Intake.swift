internal import Cryptography
internal import Foundation
internal import Interop
internal import Ledger
internal import Node
internal import Primitives
internal import Records
internal import Sealing

/// Hands what an import yields to the nodes of the institutions that say it.
///
/// Each draft goes to the node of its issuer; those of institutions without a node here are
/// counted and left alone.
final class Intake {
    struct Gateway {
        let place: NodePlace
        let client: NodeClient
    }

    private let gateways: [InstitutionID: Gateway]
    private(set) var report = IntakeReport()
    private let book: NameBook
    /// Where to say under which number each row was accepted.
    let placed: PlacedFile?
    private let progress: (String) -> Void

    /// How many submissions are under way at once.
    private static let underWayMax = 128
    /// Of how many entries one is followed until it is anchored, to measure how long that takes.
    private static let followEvery = 16

    init(
        gateways: [InstitutionID: Gateway], keys: [InstitutionID: IssuerKey], epochs: Epochs,
        placed: PlacedFile? = nil, progress: @escaping (String) -> Void
    ) {
        self.gateways = gateways
        self.placed = placed
        self.progress = progress
        book = NameBook(keys: keys, epochs: epochs)
    }

    /// Imports what `input` makes; returns when everything is acknowledged, which means synced.
    ///
    /// The import runs twice, so `input` is called twice.
    func run(
        _ input: (any PseudonymSource) -> any ImportRun, waits: Bool,
        names: ([NameBook.Name], UInt32) async throws -> [OpaqueID]
    ) async throws {
        progress("looking who is named")
        var survey = input(book)
        while let event = try survey.next() {
            if case .draft(let draft) = event { _ = book.named(draft) }
        }
        progress("asking for \(book.wantedCount) ids of people")
        for (epoch, wanted) in book.wanted.sorted(by: { $0.key < $1.key }) {
            for (name, id) in zip(wanted, try await names(wanted, epoch)) {
                book.learn(name, epoch: epoch, id)
            }
        }
        book.isCollecting = false
        try await send(input(book), waits: waits)
    }

    private func send(_ imported: any ImportRun, waits: Bool) async throws {
        var input = imported
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Sent.self) { group in
            var underWay = 0
            while let event = try input.next() {
                switch event {
                case .progress(let state): progress("\(state.file): \(state.lines) lines")
                case .problem(let problem): report.add(problem)
                case .draft(let draft):
                    let draft = book.named(draft)
                    guard let gateway = gateways[draft.issuer] else {
                        report.elsewhere[draft.issuer.name, default: 0] += 1
                        continue
                    }
                    if underWay == Self.underWayMax, let sent = try await group.next() {
                        try add(sent)
                        underWay -= 1
                    }
                    let follows = waits || report.sentCount % Self.followEvery == 0
                    report.sentCount += 1
                    underWay += 1
                    group.addTask { await Self.send(draft, to: gateway.client, follows) }
                }
            }
            for try await sent in group { try add(sent) }
        }
        report.finish(input.report, seconds: (ContinuousClock.now - start) / .seconds(1))
    }

    private func add(_ sent: Sent) throws {
        report.add(sent)
        if let entry = PlacedEntry(sent) { try placed?.add(entry) }
    }

    private static func send(
        _ draft: Draft, to client: NodeClient, _ follows: Bool
    ) async -> Sent {
        let start = ContinuousClock.now
        var sent = Sent(draft)
        do {
            sent.number = try await client.submit(submission(draft))
            sent.acknowledged = (ContinuousClock.now - start) / .milliseconds(1)
            if follows, let number = sent.number {
                let answer = try await client.committed(draft.issuer, StreamID(0), number: number)
                sent.anchored = (ContinuousClock.now - start) / .milliseconds(1)
                sent.leaf = answer.leafIndex
                sent.height = answer.height.blocks
            }
        } catch {
            sent.refusal = "\(error)"
        }
        return sent
    }

    private static func submission(_ draft: Draft) -> Submission {
        // The same line of the same source gives the same name: who imports twice adds nothing.
        let name = Array("custos import \(draft.kind.rawValue) \(draft.origin.name) ".utf8)
        let reference = OpaqueID(prefixOf: SHA256.hash(name + draft.payload.encode()))
        return Submission(
            kind: draft.kind, eventTime: draft.eventTime, subjects: draft.subjects,
            access: draft.access, payload: draft.payload, reference: reference)
    }
}

/// What became of one draft.
struct Sent: Sendable {
    let issuer: InstitutionID
    let origin: Draft.Origin
    let kind: EntryKind
    let eventTime: Timestamp
    var number: UInt64?
    var leaf: UInt64?
    var height: UInt64?
    /// Milliseconds until it was synced in the outbox, and until it was anchored.
    var acknowledged: Double?
    var anchored: Double?
    var refusal: String?

    init(_ draft: Draft) {
        issuer = draft.issuer
        origin = draft.origin
        kind = draft.kind
        eventTime = draft.eventTime
    }
}
