internal import Cryptography
internal import Foundation
internal import Ledger
internal import Primitives
internal import Records
internal import Sealing
internal import Storage
internal import Testing
internal import Transport

@testable import Node

@Suite("Nodes follow what the institutions vote", .timeLimit(.minutes(30)), .serialized)
struct MembershipTests {
    @Test func aFifthIsAddedWhileOneIsDownAndComesToVote() async throws {
        let network = try TestNetwork(newcomerCount: 1)
        let running = RunningNetwork(network)
        let chamber = Chamber(running: running, carrier: 0)
        let newcomer = network.ids[4]
        try await running.start([0, 1, 2])
        let added = try await chamber.agree(on: .add(network.newcomers[0]), by: [0, 1, 2])
        #expect("\(added.standing)".hasPrefix("in force"))
        // It learns before it votes: it names a milestone of those that come every sixteen blocks.
        await #expect(throws: TransportError.self) {
            try await chamber.agree(on: .setPower(newcomer, 10), by: [0, 1, 2])
        }
        // It has the genesis, in which it does not stand, and catches up from there.
        try await running.start([4])
        try await chamber.follows(4)
        try await chamber.commit(1, at: 4)
        var power: ProposalRecord?
        for _ in 0..<20 where power == nil {
            try await chamber.commit(8, at: 0)
            power = try? await chamber.agree(on: .setPower(newcomer, 10), by: [0, 1, 2])
        }
        #expect(power.map { "\($0.standing)" }?.hasPrefix("in force") == true)
        // Four of five with equal power are needed now, and the fourth is away.
        try await chamber.commit(3, at: 0)
        #expect(try await chamber.signers(at: 0) == [0, 1, 2, 4].map { network.ids[$0] })
        // Who was away during the votes comes back to five, and so does one that starts again.
        try await running.start([3])
        try await chamber.follows(3)
        try await chamber.commit(1, at: 3)
        try await running.stop(0)
        try await chamber.commit(1, at: 4)
        try await running.start([0])
        try await chamber.commit(1, at: 0)
        let client = try await running.client(0)
        let leaf = try await client.status().treeSize - 1
        #expect(try await client.receipts(leaf: leaf).count >= 4)
        await client.close()
        try await running.stopAll()
    }

    @Test func oneThatIsTakenOutIsDroppedAndRefused() async throws {
        let network = try TestNetwork()
        let running = RunningNetwork(network)
        let chamber = Chamber(running: running, carrier: 0)
        try await running.start([0, 1, 2, 3])
        try await chamber.commit(1, at: 3)
        try await chamber.agree(on: .remove(network.ids[3]), by: [0, 1, 2])
        let client = try await running.client(0)
        // What it signs is refused, and connections with it are gone.
        await #expect(throws: TransportError.self) {
            try await client.submitBatch(network.batch(of: 3, first: 2, count: 1), waits: false)
        }
        for try await _ in client.watch(from: Height(1)) {
            let connected = try await client.status().connected
            if !connected.contains(network.ids[3]) { break }
        }
        try await chamber.commit(2, at: 1)
        #expect(try await chamber.signers(at: 0) == [0, 1, 2].map { network.ids[$0] })
        // One that starts again knows it, too.
        try await running.stop(1)
        try await running.start([1])
        try await chamber.commit(1, at: 1)
        await client.close()
        try await running.stopAll()
    }

    @Test func newKeysTakeThePlaceOfOldOnesWithoutARestart() async throws {
        let network = try TestNetwork()
        let running = RunningNetwork(network)
        let chamber = Chamber(running: running, carrier: 0)
        let id = network.ids[1]
        let keys = try NextKeys(for: id, in: network.root + "/next")
        running.changes[1] = { $0.keys.next = keys.paths }
        try await running.start([0, 1, 2, 3])
        try await chamber.commit(1, at: 1)
        // All institutions must be seen alive with their keys before a quorum may hang on them.
        try await chamber.agree(
            on: .setKey(id, .submit(StreamID(0), keys.submit.publicKey)), by: [0, 2, 3])
        try await chamber.commit(1, at: 1)
        let client = try await running.client(0)
        await #expect(throws: TransportError.self) {
            try await client.submitBatch(network.batch(of: 1, first: 3, count: 1), waits: false)
        }
        try await chamber.agree(on: .setKey(id, .tls(keys.identity.pin)), by: [0, 2, 3])
        try await chamber.commit(1, at: 1)
        try await chamber.agree(
            on: .setKey(id, .consensus(keys.consensus.publicKey)), by: [0, 2, 3])
        try await chamber.agree(on: .setKey(id, .govern([keys.govern.publicKey])), by: [0, 2, 3])
        try await running.stop(3)
        // Three of four are needed, and it is among them, with its new key.
        try await chamber.commit(2, at: 0)
        #expect(try await chamber.signers(at: 0) == [0, 1, 2].map { network.ids[$0] })
        // With the new keys alone, as after a clean-up of its files, it starts again.
        try await running.stop(1)
        running.changes[1] = { $0.keys = keys.only($0.keys) }
        try await running.start([1])
        try await chamber.commit(1, at: 1)
        // And the one that was away finds a peer with a key that it does not know.
        try await running.start([3])
        try await chamber.commit(1, at: 3)
        await client.close()
        try await running.stopAll()
    }

    @Test func whatIsStoppedTakesNothingUntilItResumes() async throws {
        let network = try TestNetwork()
        let running = RunningNetwork(network)
        let chamber = Chamber(running: running, carrier: 0)
        try await running.start([0, 1, 2, 3])
        try await chamber.agree(on: .stop, by: [0, 1, 2])
        for index in 0..<4 {
            let client = try await running.client(index)
            // Every node, once it has the block that stops it.
            try await chamber.follows(index)
            await #expect(throws: TransportError.self) {
                try await client.submit(TestNetwork.linkSubmission(7))
            }
            await #expect(throws: TransportError.self) {
                try await client.submitBatch(
                    network.batch(of: 2, first: 1, count: 1), waits: false)
            }
            await client.close()
        }
        try await chamber.agree(on: .resume, by: [1, 2, 3])
        try await chamber.commit(1, at: 0)
        try await running.stopAll()
    }

    @Test func filesThatAreReadAgainBringPeersAndKeysToANodeThatRuns() async throws {
        let network = try TestNetwork()
        let running = RunningNetwork(network)
        let chamber = Chamber(running: running, carrier: 0)
        try await running.start([0, 1, 2, 3])
        let keys = try NextKeys(for: network.ids[1], in: network.root + "/next")
        let node = try running.nodes[1].orThrow()
        var configuration = running.configuration(1)
        configuration.peers = running.ports.filter { $0.key != 1 }.map {
            network.address($0.key, port: $0.value)
        }
        configuration.keys.next = keys.paths
        try node.reload(configuration)
        try await chamber.agree(
            on: .setKey(network.ids[1], .submit(StreamID(0), keys.submit.publicKey)),
            by: [0, 2, 3])
        try await chamber.commit(1, at: 1)
        configuration.peers[0].pin = "no pin"
        #expect(throws: NodeError.self) { try node.reload(configuration) }
        try await running.stopAll()
    }
}

/// New keys of an institution, in files.
private struct NextKeys {
    let submit: SigningKey
    let consensus: SigningKey
    let govern: SigningKey
    let identity: TLSIdentity
    let paths: NodeConfiguration.NextKeys

    init(for id: InstitutionID, in folder: String) throws {
        submit = try TestNetwork.makeKey(folder + "/submit-0.secret", 501)
        consensus = try TestNetwork.makeKey(folder + "/consensus.secret", 502)
        govern = try TestNetwork.makeKey(folder + "/govern-1.secret", 503)
        identity = try TLSIdentity.make(for: id)
        try SmallFile.write(Array(identity.certificatePEM.utf8), to: folder + "/tls.crt")
        try SmallFile.write(Array(identity.privateKeyPEM.utf8), to: folder + "/tls.key")
        var paths = NodeConfiguration.NextKeys()
        paths.consensus = folder + "/consensus.secret"
        paths.submit = ["0": folder + "/submit-0.secret"]
        paths.tlsCertificate = folder + "/tls.crt"
        paths.tlsKey = folder + "/tls.key"
        self.paths = paths
    }

    /// The keys of a configuration once the old ones are gone.
    func only(_ old: NodeConfiguration.Keys) -> NodeConfiguration.Keys {
        NodeConfiguration.Keys(
            consensus: paths.consensus, submit: paths.submit ?? [:],
            tlsCertificate: paths.tlsCertificate ?? "", tlsKey: paths.tlsKey ?? "",
            seal: old.seal)
    }
}
