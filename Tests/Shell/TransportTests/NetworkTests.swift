internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Primitives
internal import Testing

@testable import Transport

@Suite("Network", .timeLimit(.minutes(30)))
struct NetworkTests {
    private let ledger = LedgerID(.zero)
    private let a: InstitutionID
    private let b: InstitutionID

    init() throws {
        a = try #require(InstitutionID("hospital-a"))
        b = try #require(InstitutionID("insurer-b"))
    }

    /// Two nodes that know each other's pins; `b` listens, `a` dials.
    private func pair(
        ledgerOfB: LedgerID? = nil, pinOfAInBook: Digest? = nil, pinOfBForA: Digest? = nil
    ) async throws -> (a: TestNode, b: TestNode) {
        let identityA = try TLSIdentity.make(for: a)
        let identityB = try TLSIdentity.make(for: b)
        let book = PeerBook([a: pinOfAInBook ?? identityA.pin, b: identityB.pin])
        let nodeB = try await TestNode(
            ledger: ledgerOfB ?? ledger, identity: identityB, book: book)
        let bookOfA = PeerBook([a: identityA.pin, b: pinOfBForA ?? identityB.pin])
        let nodeA = try await TestNode(ledger: ledger, identity: identityA, book: bookOfA)
        nodeA.network.connect(to: [
            Peer(institution: b, host: "127.0.0.1", port: nodeB.port)
        ])
        return (nodeA, nodeB)
    }

    @Test func carriesMessagesUnderTheSendersName() async throws {
        let (nodeA, nodeB) = try await pair()
        await nodeA.events.first { $0 == .connected(b) }
        #expect(nodeA.network.connected == [b])
        let long = [UInt8](repeating: 5, count: 3 << 20)
        nodeA.network.send([1, 2, 3], to: b, .urgent)
        nodeA.network.broadcast(long, .bulk)
        nodeA.network.flush()
        let first = await nodeB.messages.first { _ in true }
        #expect(first == Heard(from: a, body: [1, 2, 3]))
        let second = await nodeB.messages.first { _ in true }
        #expect(second?.body == long)
        await nodeA.network.stop()
        await nodeB.network.stop()
    }

    @Test func answersRequests() async throws {
        let (nodeA, nodeB) = try await pair()
        await nodeA.events.first { $0 == .connected(b) }
        let answers = Recorder<Result<[UInt8], TransportError>>()
        for number in UInt8(1)...3 {
            nodeA.network.request([number], of: b, seconds: 20) { result in
                answers.record(result.map { Array($0) })
            }
        }
        nodeA.network.request([], of: b, seconds: 20) { result in
            answers.record(result.map { Array($0) })
        }
        var found: [Result<[UInt8], TransportError>] = []
        for _ in 0..<4 {
            if let answer = await answers.first(where: { _ in true }) { found.append(answer) }
        }
        #expect(
            found == [
                .success([1, 1]), .success([2, 2]), .success([3, 3]),
                .failure(.refused("nothing was asked")),
            ])
        await nodeA.network.stop()
        await nodeB.network.stop()
    }

    @Test func saysWhereThereIsNoConnection() async throws {
        let node = try await TestNode(
            ledger: ledger, identity: TLSIdentity.make(for: a), book: PeerBook())
        #expect(!node.network.send([1], to: b, .urgent))
        let answers = Recorder<TransportError?>()
        node.network.request([1], of: b, seconds: 1) { result in
            if case .failure(let error) = result { answers.record(error) }
        }
        #expect(await answers.first { _ in true } == .some(.notConnected(b)))
        await node.network.stop()
    }

    @Test func keepsOutWhoIsDroppedAgainAndAgain() async throws {
        let (nodeA, nodeB) = try await pair()
        var (dropped, isKeptOut) = (0, false)
        while dropped < 20, !isKeptOut {
            switch await nodeB.events.first(where: { event in
                switch event {
                case .accepted, .refused: true
                default: false
                }
            }) {
            case .accepted:
                dropped += 1
                nodeB.network.drop(a)
                nodeB.network.drop(a)
            case .refused(_, .refused): isKeptOut = true
            default: break
            }
        }
        #expect(isKeptOut && dropped > Probation.freeCount)
        await nodeA.network.stop()
        await nodeB.network.stop()
    }

    @Test func turnsAwayACallerWhosePinNobodyHas() async throws {
        let stranger = try TLSIdentity.make(for: a)
        let (nodeA, nodeB) = try await pair(pinOfAInBook: stranger.pin)
        let event = await nodeB.events.first {
            if case .refused(_, .unknownPin) = $0 { true } else { false }
        }
        #expect(event != nil)
        #expect(nodeA.network.connected.isEmpty)
        await nodeA.network.stop()
        await nodeB.network.stop()
    }

    @Test func doesNotTalkToAnotherKeyAtThePeersAddress() async throws {
        let expected = try TLSIdentity.make(for: b).pin
        let (nodeA, nodeB) = try await pair(pinOfBForA: expected)
        let event = await nodeA.events.first {
            if case .unreachable(_, .wrongPin) = $0 { true } else { false }
        }
        guard case .unreachable(b, .wrongPin(b, expected: expected, found: _)) = event else {
            Issue.record("\(String(describing: event))")
            return
        }
        await nodeA.network.stop()
        await nodeB.network.stop()
    }

    @Test func doesNotTalkToAnotherLedger() async throws {
        let other = LedgerID(try #require(Digest([UInt8](repeating: 9, count: 32))))
        let (nodeA, nodeB) = try await pair(ledgerOfB: other)
        let atA = await nodeA.events.first {
            $0 == .unreachable(b, .otherLedger(found: other, expected: ledger))
        }
        let atB = await nodeB.events.first {
            if case .refused(_, .otherLedger) = $0 { true } else { false }
        }
        #expect(atA != nil)
        #expect(atB != nil)
        await nodeA.network.stop()
        await nodeB.network.stop()
    }

    @Test func dialsAgainWhenThePeerComesBack() async throws {
        let identityA = try TLSIdentity.make(for: a)
        let identityB = try TLSIdentity.make(for: b)
        let book = PeerBook([a: identityA.pin, b: identityB.pin])
        let first = try await TestNode(ledger: ledger, identity: identityB, book: book)
        let nodeA = try await TestNode(ledger: ledger, identity: identityA, book: book)
        nodeA.network.connect(to: [
            Peer(institution: b, host: "127.0.0.1", port: first.port)
        ])
        await nodeA.events.first { $0 == .connected(b) }
        await first.network.stop()
        await nodeA.events.first {
            if case .disconnected(b, _) = $0 { true } else { false }
        }
        let second = try await TestNode(
            ledger: ledger, identity: identityB, book: book, port: first.port)
        await nodeA.events.first { $0 == .connected(b) }
        nodeA.network.send([8], to: b, .urgent)
        nodeA.network.flush()
        #expect(await second.messages.first { _ in true }?.body == [8])
        await nodeA.network.stop()
        await second.network.stop()
    }

    /// What the ledger says of keys holds for connections that are open, on both sides.
    @Test func dropsAPeerThatTheBookGivesAnotherKeyAndTakesItsNewOne() async throws {
        let (first, second, identityB) = (
            try TLSIdentity.make(for: a), try TLSIdentity.make(for: a),
            try TLSIdentity.make(for: b)
        )
        let (bookOfA, bookOfB) = (PeerBook([b: identityB.pin]), PeerBook([a: first.pin]))
        let nodeB = try await TestNode(ledger: ledger, identity: identityB, book: bookOfB)
        let nodeA = try await TestNode(ledger: ledger, identity: first, book: bookOfA)
        nodeA.network.connect(to: [Peer(institution: b, host: "127.0.0.1", port: nodeB.port)])
        nodeB.network.connect(to: [Peer(institution: a, host: "127.0.0.1", port: nodeA.port)])
        await nodeA.events.first { $0 == .connected(b) }
        await nodeB.events.first { $0 == .connected(a) }
        bookOfB.replace(with: [a: second.pin])
        nodeB.network.recheck()
        // The old key is dropped in both directions and taken in neither any more.
        for (node, peer) in [(nodeA, b), (nodeB, a)] {
            await node.events.first {
                if case .disconnected(peer, _) = $0 { true } else { false }
            }
        }
        await nodeB.events.first { if case .refused(_, .unknownPin) = $0 { true } else { false } }
        await nodeB.events.first {
            if case .unreachable(a, .wrongPin) = $0 { true } else { false }
        }
        try nodeA.network.show(second)
        await nodeA.events.first { $0 == .connected(b) }
        await nodeB.events.first { $0 == .connected(a) }
        // Whom the book does not have any more is neither heard nor dialled.
        bookOfB.replace(with: [:] as [InstitutionID: Digest])
        nodeB.network.recheck()
        await nodeA.events.first { if case .unreachable = $0 { true } else { false } }
        #expect(nodeB.network.connected.isEmpty)
        await nodeA.network.stop()
        await nodeB.network.stop()
    }

    @Test func refusesAPortInUse() async throws {
        let identity = try TLSIdentity.make(for: a)
        let node = try await TestNode(ledger: ledger, identity: identity, book: PeerBook())
        await #expect(throws: TransportError.addressInUse("127.0.0.1:\(node.port)")) {
            _ = try await TestNode(
                ledger: ledger, identity: identity, book: PeerBook(), port: node.port)
        }
        await node.network.stop()
    }

    /// A caller with the right key that offers TLS 1.2 at most.
    @Test func refusesTLS12() async throws {
        let (nodeA, nodeB) = try await pair()
        let identity = try TLSIdentity.make(for: a)
        var settings = TLSConfiguration.makeClientConfiguration()
        settings.certificateChain = try NIOSSLCertificate.fromPEMBytes(
            Array(identity.certificatePEM.utf8)
        ).map { .certificate($0) }
        settings.privateKey = .privateKey(
            try NIOSSLPrivateKey(bytes: Array(identity.privateKeyPEM.utf8), format: .pem))
        settings.maximumTLSVersion = .tlsv12
        settings.certificateVerification = .none
        let context = try NIOSSLContext(configuration: settings)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: context, serverHostname: nil))
                }
            }
            .connect(host: "127.0.0.1", port: nodeB.port).get()
        let event = await nodeB.events.first {
            if case .refused(_, .handshake) = $0 { true } else { false }
        }
        #expect(event.map { "\($0)" }?.contains("UNSUPPORTED_PROTOCOL") == true)
        try? await channel.close()
        await nodeA.network.stop()
        await nodeB.network.stop()
    }

    @Test func turnsAwayACallerWithoutTLS() async throws {
        let (nodeA, nodeB) = try await pair()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: nodeB.port).get()
        try await channel.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"))
        let event = await nodeB.events.first {
            if case .refused(_, .handshake) = $0 { true } else { false }
        }
        #expect(event != nil)
        try? await channel.close()
        await nodeA.network.stop()
        await nodeB.network.stop()
    }
}
