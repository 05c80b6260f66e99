public import Primitives

extension EntryAnswer {
    public var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: entry.count + 80)
        write(to: &writer)
        return writer.bytes
    }

    func write(to writer: inout CBORWriter) {
        writer.array(5)
        writer.unsigned(leafIndex)
        writer.unsigned(height.blocks)
        writer.integer(time.milliseconds)
        writer.digest(batch)
        writer.bytes(entry)
    }

    public static func decode(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> EntryAnswer {
        try CBORReader.whole(bytes, EntryAnswer.init(from:))
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 5)
        self.init(
            leafIndex: try reader.unsigned(), height: Height(try reader.unsigned()),
            time: Timestamp(milliseconds: try reader.integer()), batch: try reader.digest(),
            entry: Array(try reader.bytes()))
    }
}

extension BatchAnswer {
    public var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: 64)
        switch self {
        case .admitted(let digest):
            writer.array(2)
            writer.unsigned(1)
            writer.digest(digest)
        case .waiting(let digests):
            writer.array(digests.count + 1)
            writer.unsigned(2)
            for digest in digests { writer.digest(digest) }
        case .committed(let height, let firstLeaf):
            writer.array(3)
            writer.unsigned(3)
            writer.unsigned(height.blocks)
            writer.unsigned(firstLeaf)
        }
        return writer.bytes
    }

    public static func decode(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> BatchAnswer {
        var reader = CBORReader(bytes)
        let start = reader.offset
        let count = try reader.array(atMost: 4_096)
        let answer: BatchAnswer
        switch (try reader.unsigned("kind of answer", atMost: 3), count) {
        case (1, 2): answer = .admitted(try reader.digest())
        case (2, 1...):
            var digests: [Digest] = []
            for _ in 1..<count { digests.append(try reader.digest()) }
            answer = .waiting(digests)
        case (3, 3):
            answer = .committed(
                height: Height(try reader.unsigned()), firstLeaf: try reader.unsigned())
        case (let kind, _):
            throw .unexpected(
                offset: start, expected: "a batch answer of kind 1 to 3", found: "kind \(kind)")
        }
        try reader.finish()
        return answer
    }
}

extension CommitNotice {
    public var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: 80)
        writer.array(6)
        writer.unsigned(height.blocks)
        writer.digest(hash)
        writer.integer(time.milliseconds)
        writer.unsigned(firstLeaf)
        writer.unsigned(entryCount)
        writer.unsigned(batchCount)
        return writer.bytes
    }

    public static func decode(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> CommitNotice {
        var reader = CBORReader(bytes)
        try reader.array(exactly: 6)
        let notice = CommitNotice(
            height: Height(try reader.unsigned()), hash: try reader.digest(),
            time: Timestamp(milliseconds: try reader.integer()),
            firstLeaf: try reader.unsigned(), entryCount: try reader.unsigned(),
            batchCount: try reader.unsigned())
        try reader.finish()
        return notice
    }
}

extension BlockAnswer {
    public var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: block.count + commitProof.count + 24)
        writer.array(3)
        writer.unsigned(height.blocks)
        writer.bytes(block)
        writer.bytes(commitProof)
        return writer.bytes
    }

    public static func decode(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> BlockAnswer {
        var reader = CBORReader(bytes)
        try reader.array(exactly: 3)
        let answer = BlockAnswer(
            height: Height(try reader.unsigned()), block: Array(try reader.bytes()),
            commitProof: Array(try reader.bytes()))
        try reader.finish()
        return answer
    }
}

extension [ReceiptAnswer] {
    public var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: 512 * count)
        writer.array(count)
        for answer in self {
            writer.array(2)
            writer.institution(answer.voter)
            writer.bytes(answer.receipt)
        }
        return writer.bytes
    }

    public static func decode(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> Self {
        var reader = CBORReader(bytes)
        var answers: Self = []
        for _ in 0..<(try reader.array(atMost: 1_024)) {
            try reader.array(exactly: 2)
            answers.append(
                ReceiptAnswer(
                    voter: try reader.institution(), receipt: [UInt8](try reader.bytes())))
        }
        try reader.finish()
        return answers
    }
}
