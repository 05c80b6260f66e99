internal import Primitives

extension Submission {
    /// The submission's bytes, as `docs/formats/wire.md` has them.
    public func encode() -> [UInt8] {
        let payloadBytes = payload?.encode()
        var writer = CBORWriter(reservingCapacity: 256 + (payloadBytes?.count ?? 0))
        writer.map(pairCount)
        writer.unsigned(0)
        writer.unsigned(1)
        writer.unsigned(1)
        writer.unsigned(UInt64(kind.rawValue))
        writer.unsigned(2)
        writer.integer(eventTime.milliseconds)
        if !subjects.isEmpty {
            writer.unsigned(3)
            writer.array(subjects.count)
            for subject in subjects { subject.encode(into: &writer) }
        }
        if let access {
            writer.unsigned(4)
            access.encode(into: &writer)
        }
        if let body {
            writer.unsigned(5)
            body.encode(into: &writer)
        }
        if let payloadBytes {
            writer.unsigned(6)
            writer.bytes(payloadBytes)
        }
        if !recipients.isEmpty {
            writer.unsigned(7)
            writer.array(recipients.count)
            for recipient in recipients { writer.institution(recipient) }
        }
        if let reference {
            writer.unsigned(8)
            writer.bytes(reference.bytes)
        }
        return writer.bytes
    }

    private var pairCount: Int {
        let optional = [
            !subjects.isEmpty, access != nil, body != nil, payload != nil, !recipients.isEmpty,
            reference != nil,
        ]
        return 3 + optional.count { $0 }
    }

    /// Reads a submission from exactly these bytes.
    ///
    /// - Throws: ``SubmissionError``.
    public static func decode(_ bytes: [UInt8]) throws(SubmissionError) -> Submission {
        guard bytes.count <= byteCountMax else {
            throw .oversize(byteCount: bytes.count, limit: byteCountMax)
        }
        var sealed: [UInt8]?
        var submission: Submission
        do throws(CBORError) {
            (submission, sealed) = try CBORReader.whole(bytes[...], read(from:))
        } catch {
            throw .malformed(error)
        }
        guard let sealed else { return submission }
        do throws(FactError) {
            submission.payload = try Payload.decode(sealed)
        } catch {
            throw .payload(error)
        }
        return submission
    }

    private static func read(
        from reader: inout CBORReader
    ) throws(CBORError) -> (Submission, payload: [UInt8]?) {
        let start = reader.offset
        let pairs = try reader.map(atMost: 9)
        guard pairs >= 3 else { throw .key(offset: start, key: UInt64(pairs), problem: .missing) }
        try reader.key(0)
        try reader.version(1)
        try reader.key(1)
        let kind: EntryKind = try reader.code("a kind of entry, 1 to 23")
        try reader.key(2)
        let eventTime = Timestamp(milliseconds: try reader.integer())
        var submission = Submission(kind: kind, eventTime: eventTime)
        var payload: [UInt8]?
        var previous: UInt64 = 2
        for _ in 3..<pairs {
            let start = reader.offset
            let key = try reader.unsigned()
            guard key > previous else { throw .keyOutOfOrder(offset: start) }
            previous = key
            switch key {
            case 3: submission.subjects = try Entry.subjects(from: &reader)
            case 4: submission.access = try AccessHeader(from: &reader)
            case 5: submission.body = try EntryBody(of: kind, from: &reader)
            case 6: payload = Array(try reader.bytes())
            case 7: submission.recipients = try Entry.recipients(from: &reader)
            case 8: submission.reference = try reader.opaqueID()
            default: throw .key(offset: start, key: key, problem: .unknown)
            }
        }
        return (submission, payload)
    }
}
