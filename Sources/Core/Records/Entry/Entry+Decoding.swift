internal import Primitives

extension Entry {
    /// Reads an entry from exactly these bytes.
    ///
    /// Of a statement they say nothing of the batch that carries it: see ``carried(by:_:number:)``.
    ///
    /// - Throws: ``EntryError/oversize(byteCount:limit:)``, ``EntryError/malformed(_:)``.
    public static func decode(_ bytes: ArraySlice<UInt8>) throws(EntryError) -> Entry {
        guard bytes.count <= evidenceByteCountMax else {
            throw .oversize(byteCount: bytes.count, limit: byteCountMax)
        }
        let entry: Entry
        do throws(CBORError) {
            if bytes.first == StatementBody.firstByte {
                entry = Entry(try StatementBody(decoding: bytes))
            } else {
                entry = try CBORReader.whole(bytes, Entry.init(from:))
            }
        } catch {
            guard bytes.count <= byteCountMax else {
                throw .oversize(byteCount: bytes.count, limit: byteCountMax)
            }
            throw .malformed(error)
        }
        guard bytes.count <= entry.kind.byteCountMax else {
            throw .oversize(byteCount: bytes.count, limit: entry.kind.byteCountMax)
        }
        return entry
    }

    /// Reads an entry from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(EntryError) -> Entry {
        try decode(bytes[...])
    }

    private init(from reader: inout CBORReader) throws(CBORError) {
        let start = reader.offset
        let pairs = try reader.map(atMost: 13)
        guard pairs >= 6 else { throw .key(offset: start, key: UInt64(pairs), problem: .missing) }
        try reader.key(0)
        try reader.version(1)
        try reader.key(1)
        let kind: EntryKind = try reader.code("a kind of entry, 1 to 23")
        try reader.key(2)
        guard kind != .statement else {
            throw .unexpected(
                offset: start, expected: "a statement as a COSE_Sign1 of its own",
                found: "one within an entry")
        }
        let issuer = try reader.institution()
        try reader.key(3)
        let stream = try reader.stream()
        try reader.key(4)
        let number = try reader.entryNumber()
        try reader.key(5)
        let eventTime = Timestamp(milliseconds: try reader.integer())
        self.init(
            kind: kind, issuer: issuer, stream: stream, number: number, eventTime: eventTime)

        var previous: UInt64 = 5
        for _ in 6..<pairs {
            let start = reader.offset
            let key = try reader.unsigned()
            guard key > previous else { throw .keyOutOfOrder(offset: start) }
            previous = key
            try decodeOptional(key, at: start, from: &reader)
        }
    }

    private mutating func decodeOptional(
        _ key: UInt64, at start: Int, from reader: inout CBORReader
    ) throws(CBORError) {
        switch key {
        case 6: subjects = try Entry.subjects(from: &reader)
        case 7: commitment = try reader.digest()
        case 8: sealedPayload = try reader.digest()
        case 9: recipients = try Entry.recipients(from: &reader)
        case 10: access = try AccessHeader(from: &reader)
        case 11: author = try Author(from: &reader)
        case 12: body = try EntryBody(of: kind, from: &reader)
        default: throw .key(offset: start, key: key, problem: .unknown)
        }
    }

    static func subjects(from reader: inout CBORReader) throws(CBORError) -> [Subject] {
        let count = try reader.array(atLeastOneAtMost: subjectCountMax)
        var subjects: [Subject] = []
        subjects.reserveCapacity(count)
        for _ in 0..<count {
            let start = reader.offset
            let subject = try Subject(from: &reader)
            if let last = subjects.last, last >= subject {
                throw .unexpected(
                    offset: start, expected: "subjects in increasing order, by type and id",
                    found: "one out of order")
            }
            subjects.append(subject)
        }
        return subjects
    }

    static func recipients(
        from reader: inout CBORReader
    ) throws(CBORError) -> [InstitutionID] {
        let count = try reader.array(atLeastOneAtMost: recipientCountMax)
        var recipients: [InstitutionID] = []
        recipients.reserveCapacity(count)
        for _ in 0..<count {
            let start = reader.offset
            let recipient = try reader.institution()
            if let last = recipients.last, last >= recipient {
                throw .unexpected(
                    offset: start, expected: "recipients in increasing order, by bytes",
                    found: "one out of order")
            }
            recipients.append(recipient)
        }
        return recipients
    }
}

extension CBORReader {
    /// A number in a stream, 1 to ``Entry/numberMax``.
    mutating func entryNumber() throws(CBORError) -> UInt64 {
        let start = offset
        let number = try unsigned("number", atMost: Entry.numberMax)
        guard number > 0 else {
            throw .unexpected(offset: start, expected: "a number from 1", found: "0")
        }
        return number
    }

    mutating func array(atLeastOneAtMost limit: Int) throws(CBORError) -> Int {
        let start = offset
        let count = try array(atMost: limit)
        guard count > 0 else {
            throw .unexpected(
                offset: start, expected: "1 to \(limit) items", found: "an empty array")
        }
        return count
    }
}
