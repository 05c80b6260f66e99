internal import Foundation
internal import Ledger
internal import Logging
internal import Primitives
internal import Records
internal import Storage
internal import Testing
internal import Transport

@testable import Node

@Suite("What a node refuses", .timeLimit(.minutes(30)), .serialized)
struct RefusalTests {
    private let network: TestNetwork

    init() throws {
        network = try TestNetwork()
    }

    private func refusal(_ configuration: NodeConfiguration) async -> NodeError? {
        do throws(NodeError) {
            let node = try Node(configuration, logger: Logger(label: "test"))
            try await node.start()
            Issue.record("the node started")
            node.stop()
            try await node.run()
            return nil
        } catch {
            return error
        }
    }

    @Test func theDirectoryOfAnotherLedger() async throws {
        let other = try TestNetwork(name: "another")
        try Node.create(other.configuration(0))
        var configuration = network.configuration(0)
        configuration.data = other.configuration(0).data
        guard
            case .storage(.otherLedger(_, let found, let expected)) =
                await refusal(configuration)
        else {
            Issue.record("no refusal of another ledger")
            return
        }
        #expect(found == other.genesis.ledger.description)
        #expect(expected == network.genesis.ledger.description)
    }

    @Test func aPortInUse() async throws {
        try Node.create(network.configuration(0))
        try Node.create(network.configuration(1))
        let first = try Node(network.configuration(0), logger: Logger(label: "test"))
        let port = try await first.start()
        guard
            case .transport(.addressInUse("127.0.0.1:\(port)")) =
                await refusal(network.configuration(1, port: port))
        else {
            Issue.record("no refusal of a port in use")
            return
        }
        first.stop()
        try await first.run()
    }

    @Test func aKeyThatAnotherProcessRunsWith() async throws {
        try Node.create(network.configuration(0))
        let first = try Node(network.configuration(0), logger: Logger(label: "test"))
        try await first.start()
        var copy = network.configuration(0)
        copy.data += "-copy"
        guard case .keyInUse = await refusal(copy) else {
            Issue.record("two nodes ran with one key")
            return
        }
        first.stop()
        try await first.run()
    }

    @Test func aDirectoryThatDoesNotSayWhatWasSignedLast() async throws {
        // It starts, follows, and signs nothing before the network has told from where on.
        let node = try Node(network.configuration(0), logger: Logger(label: "test"))
        try await node.start()
        node.stop()
        try await node.run()
        let returned = network.configuration(0).data + "/returned"
        #expect(FileManager.default.contents(atPath: returned) == Data())
        #expect(throws: NodeError.self) { try Node.create(network.configuration(0)) }
    }

    @Test(arguments: ["blocks", "log", "outbox/0"])
    func aNewNodeWhereOneHasWorked(_ name: String) throws {
        let configuration = network.configuration(0)
        // As a restored directory, it does not say what was signed last.
        try Directory.make(configuration.data + "/" + name)
        #expect {
            try Node.create(configuration)
        } throws: { error in
            guard case NodeError.notNew(let path) = error else { return false }
            return (configuration.data + "/" + name).hasPrefix(path)
        }
    }

    /// What the configuration says of heights does not take the place of what the network tells.
    @Test func aVoteAfterALossThatOnlyTheConfigurationKnowsOf() async throws {
        var configuration = network.configuration(0)
        configuration.signsFrom = 7
        let node = try Node(configuration, logger: Logger(label: "test"))
        try await node.start()
        node.stop()
        try await node.run()
        #expect(FileManager.default.contents(atPath: configuration.data + "/returned") == Data())
    }

    @Test func aReloadedKeyThatAnotherProcessHoldsHoweverOftenItIsAsked() async throws {
        try Node.create(network.configuration(0))
        let node = try Node(network.configuration(0), logger: Logger(label: "test"))
        try await node.start()
        let path = network.root + "/next.secret"
        _ = try TestNetwork.makeKey(path, 601)
        var configuration = network.configuration(0)
        configuration.keys.next = NodeConfiguration.NextKeys()
        configuration.keys.next?.consensus = path
        do {
            let other = try FileLock(path)
            for _ in 0..<3 {
                #expect {
                    try node.reload(configuration)
                } throws: { error in
                    if case NodeError.keyInUse = error { true } else { false }
                }
            }
            _ = consume other
        }
        try node.reload(configuration)
        // Another file under the name that is held is another key.
        _ = try TestNetwork.makeKey(path + ".new", 602)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: path + ".new", toPath: path)
        do {
            let other = try FileLock(path)
            #expect(throws: NodeError.self) { try node.reload(configuration) }
            _ = consume other
        }
        try node.reload(configuration)
        node.stop()
        try await node.run()
    }

    @Test func aSecretThatOthersCanRead() async throws {
        try Node.create(network.configuration(0))
        let path = try #require(network.configuration(0).keys.consensus)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        guard case .keyOpenToOthers(path: path) = await refusal(network.configuration(0)) else {
            Issue.record("a secret that others can read was taken")
            return
        }
    }

    /// It may be a key that the ledger takes up at a block that this node does not have yet: the
    /// node follows, and neither votes nor numbers entries that it could not sign.
    @Test func toSignWithKeysThatTheLedgerDoesNotName() async throws {
        let running = RunningNetwork(network)
        running.changes[3] = { [network] configuration in
            configuration.keys.consensus = network.root + "/other/consensus.secret"
            configuration.keys.submit["0"] = network.root + "/other/submit.secret"
        }
        _ = try TestNetwork.makeKey(network.root + "/other/consensus.secret", 901)
        _ = try TestNetwork.makeKey(network.root + "/other/submit.secret", 902)
        try await running.start([0, 1, 2, 3])
        let chamber = Chamber(running: running, carrier: 0)
        try await chamber.commit(3, at: 0)
        #expect(try await chamber.signers(at: 0) == network.ids[..<3].map(\.self))
        let client = try await running.client(3)
        await #expect(throws: TransportError.self) {
            try await client.submit(TestNetwork.linkSubmission(1))
        }
        await client.close()
        try await running.stopAll()
    }

    @Test func toTakeEntriesForAnInstitutionThatIsNoMember() async throws {
        var configuration = network.configuration(0)
        configuration.institution = "stranger"
        let node = try Node(configuration, logger: Logger(label: "test"))
        try await node.start()
        let client = try await NodeClient(socket: configuration.controlPath)
        await #expect(throws: TransportError.self) {
            try await client.submit(TestNetwork.linkSubmission(1))
        }
        await client.close()
        node.stop()
        try await node.run()
    }

    @Test func aGenesisThatIsNone() async throws {
        var configuration = network.configuration(0)
        configuration.genesis = network.root + "/broken"
        try SmallFile.write([1, 2, 3], to: configuration.genesis)
        guard case .genesis = await refusal(configuration) else {
            Issue.record("three bytes were taken for a genesis")
            return
        }
    }

    @Test(arguments: [
        ("{}", "institution"), ("[]", "wrong"), ("not json", "JSON"),
        (#"{"institution": 3}"#, "institution"),
    ])
    func aConfigurationThatIsNone(_ text: String, _ named: String) throws {
        let path = network.root + "/node.json"
        try SmallFile.write(Array(text.utf8), to: path)
        do throws(NodeError) {
            _ = try NodeConfiguration.read(path)
            Issue.record("\(text) was taken for a configuration")
        } catch {
            #expect("\(error)".contains(path))
            #expect("\(error)".contains(named))
        }
    }

    @Test func theConfigurationReadsBackWithAbsolutePaths() throws {
        var configuration = network.configuration(2, port: 7)
        configuration.data = "data"
        configuration.peers = [network.address(1, port: 9)]
        let path = network.root + "/node.json"
        try configuration.write(to: path)
        let read = try NodeConfiguration.read(path)
        #expect(read.data == network.root + "/data")
        configuration.data = read.data
        #expect(read == configuration)
    }

    /// A flipped bit in the block, its state or its proof is found before anything is signed.
    @Test(arguments: [LedgerRow.Kind.block.rawValue, LedgerRow.Kind.chunk.rawValue, 7])
    func aHeadThatWasTamperedWith(_ kind: UInt8) async throws {
        let running = RunningNetwork(network)
        try await running.start([0, 1, 2, 3])
        let client = try await running.client(0)
        _ = try await client.submitBatch(network.batch(of: 0, first: 1, count: 3), waits: true)
        await client.close()
        try await running.stopAll()
        let blocks = network.data(0) + "/blocks"
        do {
            let database = try Database(path: blocks)
            var cursor = database.cursor()
            var head: Height?
            while try cursor.previous() {
                guard let key = RowKey(cursor.key) else { break }
                head = head ?? key.height
                guard key.height == head, key.kind == kind else {
                    continue
                }
                var bytes = cursor.value
                bytes[bytes.count - 9] ^= 1
                var group = WriteGroup()
                group.put(cursor.key, bytes)
                try database.write(group, synced: true)
                break
            }
        }
        guard case .damaged = await refusal(network.configuration(0)) else {
            Issue.record("a node signs over a state that does not hash to its header")
            return
        }
    }
}
