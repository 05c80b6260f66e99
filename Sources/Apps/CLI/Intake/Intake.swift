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

    /// Of how many entries one is followed until it is anchored, to measure how long that takes.
    private static let followEvery = 16
    /// How many are followed at once.
    private static let followedMax = 1_024

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
            let sender = BulkSender(gateways: gateways.mapValues(\.client))
            var followed = 0
            func settle(_ sent: Sent) async throws {
                guard sent.follows, sent.number != nil else { return try add(sent) }
                if followed == Self.followedMax, let known = try await group.next() {
                    try add(known)
                    followed -= 1
                }
                guard let client = gateways[sent.issuer]?.client else { return }
                followed += 1
                group.addTask { await Self.follow(sent, client) }
            }
            while let event = try input.next() {
                switch event {
                case .progress(let state): progress("\(state.file): \(state.lines) lines")
                case .problem(let problem): report.add(problem)
                case .draft(let draft):
                    let draft = book.named(draft)
                    guard gateways[draft.issuer] != nil else {
                        report.elsewhere[draft.issuer.name, default: 0] += 1
                        continue
                    }
                    let follows = waits || report.sentCount % Self.followEvery == 0
                    report.sentCount += 1
                    let sent = Sent(draft, follows: follows)
                    for sent in await sender.add(sent, Self.submission(draft).encode()) {
                        try await settle(sent)
                    }
                }
            }
            while let settled = await sender.finish() {
                for sent in settled { try await settle(sent) }
            }
            for try await sent in group { try add(sent) }
        }
        report.finish(input.report, seconds: (ContinuousClock.now - start) / .seconds(1))
    }

    private func add(_ sent: Sent) throws {
        report.add(sent)
        if let entry = PlacedEntry(sent) { try placed?.add(entry) }
    }

    /// Waits until an entry that was acknowledged is anchored.
    private static func follow(_ sent: Sent, _ client: NodeClient) async -> Sent {
        var sent = sent
        guard let number = sent.number else { return sent }
        do {
            let answer = try await client.committed(sent.issuer, StreamID(0), number: number)
            sent.anchored = (ContinuousClock.now - sent.handedIn) / .milliseconds(1)
            sent.leaf = answer.leafIndex
            sent.height = answer.height.blocks
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
    /// Whether it is followed until it is anchored.
    let follows: Bool
    /// When it was handed to its node first.
    var handedIn = ContinuousClock.now
    var number: UInt64?
    var leaf: UInt64?
    var height: UInt64?
    /// Milliseconds until it was synced in the outbox, and until it was anchored.
    var acknowledged: Double?
    var anchored: Double?
    var refusal: String?

    init(_ draft: Draft, follows: Bool) {
        self.follows = follows
        issuer = draft.issuer
        origin = draft.origin
        kind = draft.kind
        eventTime = draft.eventTime
    }
}
