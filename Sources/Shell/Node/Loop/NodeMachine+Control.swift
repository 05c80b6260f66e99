internal import Consensus
internal import Cryptography
internal import Hosting
internal import Ledger
internal import Logging
internal import Primitives
internal import Records
internal import Transport

/// Answers the operator where that needs the host.
extension NodeMachine {
    func answer(_ request: ControlRequest, _ responder: Responder) throws(NodeError) {
        switch request {
        case .status:
            let answer = status.encoded
            answerWhenWritten { responder.respond(answer) }
        case .governance: responder.respond(GovernanceSummary(host.state).encode())
        case .validatorKeys: responder.respond(validatorKeys)
        case .submitBatch(let bytes, let waits):
            try submit(bytes, waits: waits, responder)
        case .waitForEntry(let issuer, let stream, let number):
            wait(for: StreamKey(issuer: issuer, stream: stream), number, responder)
        case .watch(let height):
            if height > written {
                waiters.watch(responder)
            } else {
                history(max(height, Height(1)), written, responder)
            }
        case .stop:
            logger.note(.notice, .stopping, "told to stop")
            responder.respond([])
            stop(nil)
        default: responder.refuse("not a question for the loop")
        }
    }

    private func submit(
        _ bytes: [UInt8], waits: Bool, _ responder: Responder
    ) throws(NodeError) {
        let batch: UnverifiedBatch
        do throws(BatchRefusal) {
            batch = try UnverifiedBatch(decoding: bytes)
        } catch {
            return responder.refuse("\(error)")
        }
        if let height = host.state.governance.standing.stoppedFrom,
            !batch.entries.allSatisfy(NodeMachine.isTakenWhenStopped)
        {
            return responder.refuse(NodeMachine.stopped(from: height))
        }
        let header = batch.header
        let token = nextToken
        nextToken += 1
        submitters[token] = .operated(
            responder, waits: waits,
            StreamKey(issuer: header.issuer, stream: header.stream),
            last: header.firstNumber + UInt64(max(header.count, 1)) - 1, expiry: header.expiry)
        try step(.submitted(batch: bytes, token: token))
    }

    private static func isTakenWhenStopped(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let kind = try? Entry.decode(bytes).kind else { return false }
        return isTakenWhenStopped(kind)
    }

    /// What governs the ledger, or convicts, is taken always: else nothing could resume.
    static func isTakenWhenStopped(_ kind: EntryKind) -> Bool {
        kind == .governance || kind == .evidence
    }

    static func stopped(from height: Height) -> String {
        "the ledger was stopped from block \(height) on; nothing is taken until it resumes"
    }

    private func wait(for stream: StreamKey, _ number: UInt64, _ responder: Responder) {
        guard let next = host.state.nextNumber(of: stream.issuer, stream.stream) else {
            return responder.refuse("there is no stream \(stream)")
        }
        guard number >= next else {
            // The block came before the question.
            let stored = ControlRequest.entryByNumber(
                stream.issuer, stream.stream, number: number)
            return answerWhenWritten { [readStored] in readStored(stored, responder) }
        }
        waiters.add(.entry(responder), stream: stream, number: number)
    }

    /// The keys of all validators that there were, in the order in which they came.
    private var validatorKeys: [UInt8] {
        var keys: [PublicKey] = []
        for (_, set) in host.state.governance.sets {
            for validator in set.validators where !keys.contains(validator.key) {
                keys.append(validator.key)
            }
        }
        var writer = CBORWriter(reservingCapacity: 40 * keys.count)
        writer.array(keys.count)
        for key in keys { writer.publicKey(key) }
        return writer.bytes
    }

    private var certificateDays: Int64? {
        let pin = host.state.institution(setup.institution)?.tlsPin
        return setup.keyring.notAfter(named: pin).map { end in
            // Rounded down: what ended an hour ago has -1 day left.
            let left = end.milliseconds - SystemClock.now.milliseconds
            return Int64(Timestamp(milliseconds: left).day.number)
        }
    }

    private var status: NodeStatus {
        let head = host.state.head
        let standing = host.replica.why()
        return NodeStatus(
            institution: setup.institution, ledger: host.state.ledger, height: head.height,
            hash: head.hash, time: head.time, treeSize: head.tree.size,
            round: UInt64(standing.round.number), standing: standing.description,
            missing: standing.prevotes.missing, isCatchingUp: host.sync.isCatchingUp,
            connected: connectedPeers(), peers: membership.peers.map(\.institution).sorted(),
            mempoolEntries: UInt64(host.mempool.entryCount),
            mempoolBytes: UInt64(host.mempool.byteCount), outboxes: outboxes.status,
            convictions: UInt64(evidence.count), deskHeight: deskHeight,
            uptimeSeconds: (SystemClock.uptime - startedAt) / 1_000_000_000,
            why: host.why(connected: connectedPeers())
                + outboxes.closed.map { "stream \($0.stream) takes no entries: \($0.reason)" }
                + outboxes.heldUp.map { "stream \($0.stream) does not go on: \($0.reason)" },
            entriesFrom: store.entriesFrom, clockOffset: host.clocks.own,
            clockOffsets: host.clocks.offsets.map {
                NodeStatus.PeerClock(peer: $0.peer, milliseconds: $0.milliseconds)
            }, certificateDays: certificateDays, rulesHeight: rulesHeight,
            members: members)
    }

    private var members: [NodeStatus.Member] {
        let (state, height) = (host.state, host.state.head.height)
        let versions = Dictionary(host.words.versions) { first, _ in first }
        let attendance = state.governance.attendance
        return state.institutions.map { institution in
            NodeStatus.Member(
                institution: institution.id, power: institution.power,
                lastSeen: attendance.lastSeen(institution.id),
                isLive: attendance.isLive(institution.id, at: height),
                speaks: versions[institution.id])
        }
    }
}
