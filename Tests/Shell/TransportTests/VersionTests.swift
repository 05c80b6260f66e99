internal import Primitives
internal import Testing

@testable import Transport

@Suite("Nodes of two versions", .timeLimit(.minutes(30)))
struct VersionTests {
    private let ledger = LedgerID(.zero)
    private let a: InstitutionID
    private let b: InstitutionID

    init() throws {
        a = try #require(InstitutionID("hospital-a"))
        b = try #require(InstitutionID("insurer-b"))
    }

    private func hello(_ oldest: UInt64, _ newest: UInt64) -> Hello {
        Hello(ledger: ledger, speaks: ProtocolVersion(oldest)...ProtocolVersion(newest))
    }

    /// Whoever dials, and whichever is older: they speak what both know, and messages go through.
    @Test(arguments: [1, 2] as [UInt64], [1, 2] as [UInt64])
    func speakWhatBothKnow(_ newestOfA: UInt64, _ newestOfB: UInt64) async throws {
        let (identityA, identityB) = (try TLSIdentity.make(for: a), try TLSIdentity.make(for: b))
        let book = PeerBook([a: identityA.pin, b: identityB.pin])
        let nodeB = try await TestNode(
            ledger: ledger, identity: identityB, book: book, newest: ProtocolVersion(newestOfB))
        let nodeA = try await TestNode(
            ledger: ledger, identity: identityA, book: book, newest: ProtocolVersion(newestOfA))
        nodeA.network.connect(to: [Peer(institution: b, host: "127.0.0.1", port: nodeB.port)])
        let event = await nodeA.events.first { event in
            if case .connected = event { true } else { false }
        }
        #expect(
            event == .connected(b, speaks: ProtocolVersion(min(newestOfA, newestOfB))))
        nodeA.network.send([7], to: b, .urgent)
        nodeA.network.flush()
        #expect(await nodeB.messages.first { _ in true } == Heard(from: a, body: [7]))
        await nodeA.network.stop()
        await nodeB.network.stop()
    }

    /// A peer that was dialled as one of the first version is asked anew when it comes back.
    @Test func noticeAnUpgrade() async throws {
        let (identityA, identityB) = (try TLSIdentity.make(for: a), try TLSIdentity.make(for: b))
        let book = PeerBook([a: identityA.pin, b: identityB.pin])
        let old = try await TestNode(
            ledger: ledger, identity: identityB, book: book, newest: .first)
        let nodeA = try await TestNode(ledger: ledger, identity: identityA, book: book)
        nodeA.network.connect(to: [Peer(institution: b, host: "127.0.0.1", port: old.port)])
        await nodeA.events.first { $0 == .connected(b, speaks: .first) }
        await old.network.stop()
        let new = try await TestNode(
            ledger: ledger, identity: identityB, book: book, port: old.port)
        let event = await nodeA.events.first { event in
            if case .connected = event { true } else { false }
        }
        #expect(event == .connected(b, speaks: .newest))
        await nodeA.network.stop()
        await new.network.stop()
    }

    @Test func agreeOnTheNewestThatBothSpeak() throws {
        for (first, second, expected) in [
            (hello(1, 2), hello(1, 1), 1), (hello(1, 2), hello(1, 9), 2),
            (hello(1, 2), hello(2, 5), 2), (hello(3, 5), hello(1, 4), 4),
        ] {
            let read = try Hello(second.encoded[...])
            #expect(read == second)
            #expect(try first.agree(with: read) == ProtocolVersion(UInt64(expected)))
        }
        let refusal = TransportError.version(
            found: hello(3, 4).speaks, supported: hello(1, 2).speaks)
        #expect(throws: refusal) {
            try hello(1, 2).agree(with: hello(3, 4))
        }
    }

    /// The hello of the first version is as it always was; of later ones more may be said.
    @Test func sayHelloInWordsThatTheOtherKnows() throws {
        let first: [UInt8] = [0x82, 1, 0x58, 32] + [UInt8](repeating: 0, count: 32)
        #expect(hello(1, 2).through(.first).encoded == first)
        #expect(try Hello(first[...]) == hello(1, 1))
        let later: [UInt8] =
            [0x85, 9, 0x58, 32] + [UInt8](repeating: 0, count: 32) + [1, 0x41, 7, 0xa1, 1, 2]
        #expect(try Hello(later[...]) == hello(1, 9))
        let wrong: [[UInt8]] = [
            [0x82, 0] + first[2...], [0x82, 2] + first[2...], first + [0], Array(first.dropLast()),
            [0x83, 1] + first[2...] + [2], [0x83, 2] + first[2...] + [0xff],
        ]
        for bytes in wrong {
            #expect(throws: TransportError.self) { try Hello(bytes[...]) }
        }
    }
}
