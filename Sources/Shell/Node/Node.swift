internal import Consensus
internal import Foundation
public import Hosting
internal import Ledger
public import Logging
public import Primitives
internal import Records
internal import Storage
public import Supervision
internal import Synchronization
public import Transport

/// One institution's node: its replica, its ledger, its outboxes, its desk, in one process.
///
/// Make it, ``start()`` it, and wait with ``run()`` until it ends. A node that ends with an error
/// has said nothing that it did not keep: start it again when the cause is gone.
public final class Node: Sendable {
    public let institution: InstitutionID
    public let ledger: LedgerID
    /// What the node measures of itself.
    public let metrics: NodeMetrics
    let setup: NodeSetup
    let membership: Membership
    /// The files of consensus keys that this process holds.
    let heldKeys: Mutex<Set<FileIdentity>>
    let names: KeyNames?
    let logger: Logger
    let network: Network
    private let control: ControlServer
    let loop: Inbox<LoopInput>
    let desk: Inbox<DeskWorker.Input>
    private let reader: Inbox<Reader.Request>
    private let machine: Handover<NodeMachine>
    private let readerThread: Handover<Reader>
    private let deskThread: Handover<DeskWorker>
    private let ending = Ending()
    private let readerEnding = Ending()
    private let deskEnding = Ending()

    /// Makes the directory of a node whose consensus key has never signed anything.
    ///
    /// - Throws: ``NodeError``; a directory that is there already stays as it is, and one that has
    ///   blocks, a log or entries, as a restored one has, is not taken for a new one.
    public static func create(_ configuration: NodeConfiguration) throws(NodeError) {
        let setup = try NodeSetup(configuration)
        if let path = Node.trace(in: setup.data) { throw .notNew(path: path) }
        do throws(StorageError) {
            let directory = try DataDirectory(setup.data, ledger: setup.genesis.ledger)
            // Where there are none of these, they have been lost.
            try Directory.make(directory.path(of: OutboxLog.name))
            try LastSignedFile.create(directory.path(of: ReplicaLog.lastSignedName))
        } catch {
            throw .storage(error)
        }
    }

    /// What a node that has worked leaves in its directory; nil where none has.
    private static func trace(in data: String) -> String? {
        let outbox = data + "/" + OutboxLog.name
        if (try? Directory.names(in: outbox))?.isEmpty == false { return outbox }
        return ["blocks", ReplicaLog.name, ReplicaLog.lastSignedName].map { data + "/" + $0 }
            .first { Directory.exists($0) }
    }

    /// Opens a node's directory, checks what lies in it, and makes it ready to start.
    ///
    /// - Parameters:
    ///   - configuration: as ``NodeConfiguration/read(_:)`` gives it.
    ///   - logger: where the node says what an operator should read.
    ///   - committed: called on the node's loop for each block, once it is on the disk.
    ///   - rules: makes what runs the rules that name this institution; nil where none is to run.
    ///   - names: holds the node's keys for this process, wherever on the machine their files lie.
    ///   - desk: takes the place of the desk that the configuration asks for.
    /// - Throws: ``NodeError``; nothing has been signed or sent then.
    public init(
        _ configuration: NodeConfiguration, logger: Logger,
        committed: @escaping @Sendable (Hosting.CommittedBlock) -> Void = { _ in },
        rules: SupervisorSettings.RunnerMaker? = nil, names: KeyNames? = nil,
        desk: (any Desk)? = nil
    ) throws(NodeError) {
        let setup = try NodeSetup(configuration, holding: names)
        let parts = try Node.open(setup)
        let (loop, deskInbox) = (Inbox<LoopInput>(), Inbox<DeskWorker.Input>())
        let readerInbox = Inbox<Reader.Request>()
        let membership = Membership(setup)
        let network = try Node.network(setup, membership, loop, deskInbox, logger)
        let (store, index) = (parts.store, parts.index)
        heldKeys = Mutex(Set(parts.keyLocks.map(\.identity)))
        let spans = try Node.spans(setup, logger)
        let machine = try NodeMachine(
            setup: setup, membership: membership, parts: parts, inbox: loop, link: network,
            dropPeer: { network.drop($0) }, connectedPeers: { network.connected },
            logger: logger, observer: committed,
            headMoved: { deskInbox.post(.headMoved($0)) },
            history: { readerInbox.post(.history(from: $0, through: $1, $2)) },
            readStored: { readerInbox.post(.control($0, $1)) },
            membersChanged: {
                Node.spread($0, membership, setup.keyring, network, deskInbox, logger)
            },
            identityRefused: {
                guard let next = setup.keyring.nextIdentity() else { return }
                logger.note(.notice, .identityChanged, "no peer takes this TLS key; next one")
                Node.show(next, network, logger)
            })
        machine.traces = spans.map { NodeTraces($0) }
        let ownDesk: any Desk
        if let desk {
            ownDesk = desk
        } else {
            ownDesk = try Node.desk(
                configuration, setup, machine.charters, runner: rules)
        }
        let worker = DeskWorker(
            desk: ownDesk, inbox: deskInbox, loop: loop, store: store, link: network,
            logger: logger, ownStream: setup.streams.first, spans: spans)
        let reader = Reader(
            store: store, index: index, inbox: readerInbox, loop: loop, desk: deskInbox,
            setup: setup, membership: membership)
        (institution, self.names) = (setup.institution, names)
        ledger = setup.genesis.ledger
        self.setup = setup
        self.membership = membership
        self.logger = logger
        self.network = network
        (self.loop, self.desk, self.reader) = (loop, deskInbox, readerInbox)
        metrics = machine.metrics
        self.machine = Handover(machine)
        readerThread = Handover(reader)
        deskThread = Handover(worker)
        control = ControlServer(path: setup.control) { message, responder in
            Node.route(message, responder, loop, deskInbox, readerInbox)
        }
    }

    /// Listens, begins to work, and returns the port that peers reach it at.
    ///
    /// - Throws: ``NodeError/transport(_:)``, with `addressInUse` among its cases.
    @discardableResult
    public func start() async throws(NodeError) -> Int {
        let port: Int
        do throws(TransportError) {
            port = try await network.listen(host: setup.host, port: setup.port)
            try await control.start()
        } catch {
            await close()
            throw .transport(error)
        }
        let (reader, desk) = (readerThread, deskThread)
        let (machine, loop, ending) = (machine, loop, ending)
        let (readerEnding, deskEnding) = (readerEnding, deskEnding)
        Node.thread("reader") {
            reader.takeOnly().run()
            readerEnding.end(nil)
        }
        Node.thread("desk") {
            let error = desk.takeOnly().run()
            if let error { loop.post(.stop(error)) }
            deskEnding.end(error)
        }
        Node.thread("node") {
            let error = machine.takeOnly().run()
            ending.end(error)
        }
        network.connect(to: membership.peers)
        logger.note(
            .info, .started, "\(institution) runs ledger \(ledger) on \(setup.host):\(port)",
            [
                .institution: institution, .ledger: ledger, .address: "\(setup.host):\(port)",
                .version: setup.speaks,
            ])
        return port
    }

    /// Dials these addresses from now on, whatever the configuration said: for tests and moves.
    public func connect(to peers: [NodeConfiguration.PeerAddress]) {
        let known = peers.compactMap { peer in
            InstitutionID(peer.institution).map {
                Peer(institution: $0, host: peer.host, port: peer.port)
            }
        }
        membership.dial(known, pins: setup.pins)
        network.connect(to: known)
    }

    /// Waits until the node has ended; throws why, unless it was told to.
    public func run() async throws(NodeError) {
        let error = await ending.wait()
        await close()
        // Until they have let go of what lies on the disk, nobody else may open it.
        _ = await readerEnding.wait()
        _ = await deskEnding.wait()
        if let error { throw error }
    }

    /// Asks what an operator's program may ask, from within the process.
    ///
    /// - Throws: ``TransportError/refused(_:)`` with the node's reason, or
    ///   ``TransportError/closed(detail:)`` where the node ends before it answers.
    public func ask(
        _ request: ControlRequest
    ) async throws(TransportError) -> ArraySlice<UInt8> {
        let result: Result<ArraySlice<UInt8>, TransportError> = await withCheckedContinuation {
            continuation in
            let responder = Responder { continuation.resume(returning: $0) }
            Node.route(request, InboundMessage([]), responder, loop, desk, reader)
        }
        return try result.get()
    }

    /// Tells the node to end.
    public func stop() {
        loop.post(.stop(nil))
    }

    private func close() async {
        desk.close()
        reader.close()
        loop.close()
        await control.stop()
        await network.stop()
    }
}
