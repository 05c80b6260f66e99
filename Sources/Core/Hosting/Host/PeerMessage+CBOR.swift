internal import Consensus
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
        }
        return writer.bytes
    }

    /// Reads exactly one message; nothing in it is believed yet.
    public static func decode(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> PeerMessage {
        var reader = CBORReader(bytes)
        try reader.array(exactly: 3)
        try reader.version(1)
        let start = reader.offset
        let message: PeerMessage
        switch try reader.unsigned("kind of message", atMost: 12) {
        case 1: message = .proposal(try Proposal.read(from: &reader))
        case 2: message = .vote(try Vote.read(from: &reader))
        case 3: message = .status(try ReplicaStatus(from: &reader))
        case 4: message = .batch(Array(try reader.bytes()))
        case 5:
            var digests: [Digest] = []
            for _ in 0..<(try reader.array(atMost: wantedCountMax)) {
                digests.append(try reader.digest())
            }
            message = .batchesWanted(digests)
        case 6: message = .blockWanted(try reader.height())
        case 7: message = .block(try SyncedBlock(from: &reader))
        case 8: message = .blockLacking(try reader.height())
        case 9: message = .evidence(try EvidenceBody(from: &reader))
        case 10:
            try reader.array(exactly: 3)
            message = .lockWanted(
                try reader.height(), try reader.round(), try BlockID(from: &reader))
        case 11: message = .lock(try ProofOfLock.read(from: &reader))
        case 12: message = .votesWanted(try reader.height())
        case let number:
            throw .outOfRange(offset: start, what: "kind of message \(number)", limit: 12)
        }
        try reader.finish()
        return message
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
        for _ in 0..<(try reader.array(atMost: .max)) { batches.append(Array(try reader.bytes())) }
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
