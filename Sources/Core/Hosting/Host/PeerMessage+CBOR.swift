internal import Consensus
internal import Ledger
public import Primitives
internal import Records

extension PeerMessage {
    /// The message's bytes: `[1, number, content]`.
    public var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: 512)
        writer.array(3)
        writer.unsigned(1)
        writer.unsigned(number)
        switch self {
        case .proposal(let proposal): proposal.claimed.write(to: &writer)
        case .vote(let vote): vote.claimed.write(to: &writer)
        case .status(let status): status.write(to: &writer)
        case .batch(let bytes): writer.bytes(bytes)
        case .batchesWanted(let digests):
            writer.array(digests.count)
            for digest in digests { writer.digest(digest) }
        case .blockWanted(let height), .blockLacking(let height), .votesWanted(let height):
            writer.height(height)
        case .evidence(let body): body.encode(into: &writer)
        case .lockWanted(let height, let round, let block):
            writer.array(3)
            writer.height(height)
            writer.unsigned(UInt64(round.number))
            block.write(to: &writer)
        case .lock(let proof): proof.claimed.write(to: &writer)
        case .block(let block): block.write(to: &writer)
        case .snapshotWanted: writer.null()
        case .snapshot(let offer):
            writer.array(2)
            writer.bytes(offer.manifest)
            offer.proof.claimed.write(to: &writer)
        case .chunkWanted(let name), .chunkLacking(let name): writer.digest(name)
        case .chunk(let name, let bytes):
            writer.array(2)
            writer.digest(name)
            writer.bytes(bytes)
        case .unsupported(let kind): writer.unsigned(kind)
        }
        return writer.bytes
    }

    /// Reads exactly one message, as one who speaks this version; nothing in it is believed yet.
    ///
    /// - Throws: ``PeerMessageFault/unknown(kind:)`` for one of a later version, which is to be
    ///   ignored; ``PeerMessageFault/malformed(_:)`` for everything else that is none.
    public static func decode(
        _ bytes: ArraySlice<UInt8>, speaking version: ProtocolVersion = .newest
    ) throws(PeerMessageFault) -> PeerMessage {
        var kind: UInt64 = 0
        let message: PeerMessage?
        do throws(CBORError) {
            var reader = CBORReader(bytes)
            try reader.array(exactly: 3)
            try reader.version(1)
            kind = try reader.unsigned("kind of message", atMost: kindMax)
            if kind <= lastKind(in: version) {
                message = try read(kind, from: &reader)
            } else {
                _ = try reader.item()
                message = nil
            }
            try reader.finish()
        } catch {
            throw .malformed(error)
        }
        guard let message else { throw .unknown(kind: kind) }
        return message
    }

    private static func read(
        _ kind: UInt64, from reader: inout CBORReader
    ) throws(CBORError) -> PeerMessage {
        switch kind {
        case 1: return .proposal(try Proposal.read(from: &reader))
        case 2: return .vote(try Vote.read(from: &reader))
        case 3: return .status(try ReplicaStatus(from: &reader))
        case 4: return .batch(Array(try reader.bytes()))
        case 5:
            var digests: [Digest] = []
            for _ in 0..<(try reader.array(atMost: wantedCountMax)) {
                digests.append(try reader.digest())
            }
            return .batchesWanted(digests)
        case 6: return .blockWanted(try reader.height())
        case 7: return .block(try SyncedBlock(from: &reader))
        case 8: return .blockLacking(try reader.height())
        case 9: return .evidence(try EvidenceBody(from: &reader))
        case 10:
            try reader.array(exactly: 3)
            return .lockWanted(
                try reader.height(), try reader.round(), try BlockID(from: &reader))
        case 11: return .lock(try ProofOfLock.read(from: &reader))
        case 12: return .votesWanted(try reader.height())
        case 13: return try readNothing(from: &reader)
        case 14:
            try reader.array(exactly: 2)
            return .snapshot(
                SnapshotOffer(
                    manifest: Array(try reader.bytes()),
                    proof: try CommitProof.read(from: &reader)))
        case 15: return .chunkWanted(try reader.digest())
        case 16:
            try reader.array(exactly: 2)
            return .chunk(
                try reader.digest(),
                Array(try reader.bytes(atMost: SnapshotManifest.chunkByteCountMax)))
        case 17: return .chunkLacking(try reader.digest())
        case 18:
            return .unsupported(
                kind: try reader.unsigned("kind of message", atMost: kindMax))
        default:
            throw .outOfRange(
                offset: reader.offset, what: "kind of message \(kind)",
                limit: lastKind(in: .newest))
        }
    }

    private static func readNothing(
        from reader: inout CBORReader
    ) throws(CBORError) -> PeerMessage {
        let start = reader.offset
        guard try reader.isNull() else {
            throw .unexpected(offset: start, expected: "null", found: "something else")
        }
        return .snapshotWanted
    }
}

extension ReplicaStatus {
    /// Appends `[height, round, has proposal, prevotes, precommits, missing block / null]`.
    func write(to writer: inout CBORWriter) {
        writer.array(6)
        writer.height(height)
        writer.unsigned(UInt64(round.number))
        writer.bool(hasProposal)
        writer.bytes(prevotes)
        writer.bytes(precommits)
        if let missing { missing.write(to: &writer) } else { writer.null() }
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        let bitsByteCountMax = (ValidatorSet.countMax + 7) / 8
        try reader.array(exactly: 6)
        let height = try reader.height()
        let round = try reader.round()
        let hasProposal = try reader.bool()
        let prevotes = Array(try reader.bytes(atMost: bitsByteCountMax))
        let precommits = Array(try reader.bytes(atMost: bitsByteCountMax))
        let missing = try reader.isNull() ? nil : try BlockID(from: &reader)
        self.init(
            height: height, round: round, hasProposal: hasProposal, prevotes: prevotes,
            precommits: precommits, missing: missing)
    }
}

extension SyncedBlock {
    /// A block names no more batches than digests have room in it: else one message of empty
    /// batches would take many times its bytes.
    private static let batchCountMax = Proposal.blockByteCountMax / 32

    /// Appends `[height, block, commit proof, [* batch]]`.
    func write(to writer: inout CBORWriter) {
        writer.array(4)
        writer.height(height)
        writer.bytes(block)
        proof.claimed.write(to: &writer)
        writer.array(batches.count)
        for batch in batches { writer.bytes(batch) }
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 4)
        let height = try reader.height()
        let block = Array(try reader.bytes())
        let proof = try CommitProof.read(from: &reader)
        var batches: [[UInt8]] = []
        for _ in 0..<(try reader.array(atMost: SyncedBlock.batchCountMax)) {
            batches.append(Array(try reader.bytes()))
        }
        self.init(height: height, block: block, proof: proof, batches: batches)
    }
}

extension CBORWriter {
    fileprivate mutating func height(_ value: Height) {
        unsigned(value.blocks)
    }
}

extension CBORReader {
    fileprivate mutating func height() throws(CBORError) -> Height {
        Height(try unsigned("height", atMost: PeerMessage.heightMax))
    }

    fileprivate mutating func round() throws(CBORError) -> Round {
        Round(UInt32(truncatingIfNeeded: try unsigned("round", atMost: UInt64(UInt32.max))))
    }
}
