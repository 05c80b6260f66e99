internal import Primitives

extension Entry {
    /// The entry's bytes, in the one order and length that the format allows.
    ///
    /// A statement's are its own; what its batch says of it is not among them.
    ///
    /// Subjects and recipients are written as they stand; a reader refuses them out of order.
    public func encode() -> [UInt8] {
        if case .statement(let statement) = body { return statement.bytes }
        var writer = CBORWriter(reservingCapacity: 384)
        writer.map(pairCount)
        writer.unsigned(0)
        writer.unsigned(1)
        writer.unsigned(1)
        writer.unsigned(UInt64(kind.rawValue))
        writer.unsigned(2)
        writer.institution(issuer)
        writer.unsigned(3)
        writer.unsigned(UInt64(stream.number))
        writer.unsigned(4)
        writer.unsigned(number)
        writer.unsigned(5)
        writer.integer(eventTime.milliseconds)
        encodeOptional(into: &writer)
        return writer.bytes
    }

    private var pairCount: Int {
        var count = 6
        if !subjects.isEmpty { count += 1 }
        if commitment != nil { count += 1 }
        if sealedPayload != nil { count += 1 }
        if !recipients.isEmpty { count += 1 }
        if access != nil { count += 1 }
        if author != nil { count += 1 }
        if body != nil { count += 1 }
        return count
    }

    private func encodeOptional(into writer: inout CBORWriter) {
        if !subjects.isEmpty {
            writer.unsigned(6)
            writer.array(subjects.count)
            for subject in subjects { subject.encode(into: &writer) }
        }
        if let commitment {
            writer.unsigned(7)
            writer.digest(commitment)
        }
        if let sealedPayload {
            writer.unsigned(8)
            writer.digest(sealedPayload)
        }
        if !recipients.isEmpty {
            writer.unsigned(9)
            writer.array(recipients.count)
            for recipient in recipients { writer.institution(recipient) }
        }
        if let access {
            writer.unsigned(10)
            access.encode(into: &writer)
        }
        if let author {
            writer.unsigned(11)
            author.encode(into: &writer)
        }
        if let body {
            writer.unsigned(12)
            body.encode(into: &writer)
        }
    }
}
