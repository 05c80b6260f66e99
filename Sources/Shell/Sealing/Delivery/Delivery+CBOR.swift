internal import Primitives
internal import Records

extension Delivery {
    private static let version: UInt64 = 1

    /// The delivery in deterministic CBOR.
    public var encoded: [UInt8] {
        let payloadBytes = items.reduce(0) { $0 + $1.sealedPayload.count + $1.keys.count * 128 }
        var writer = CBORWriter(reservingCapacity: payloadBytes + items.count * 64 + 256)
        writer.array(7)
        writer.unsigned(Delivery.version)
        writer.digest(ledger.digest)
        writer.institution(issuer)
        writer.unsigned(UInt64(stream.number))
        writer.unsigned(firstNumber)
        writer.array(recipients.count)
        for recipient in recipients {
            writer.array(2)
            writer.institution(recipient.institution)
            writer.bytes(recipient.encapsulation)
        }
        writer.array(items.count)
        for item in items {
            writer.array(4)
            writer.unsigned(item.number)
            writer.digest(item.commitment)
            writer.bytes(item.sealedPayload)
            writer.array(item.keys.count)
            for key in item.keys {
                writer.array(2)
                writer.institution(key.institution)
                writer.bytes(key.bytes)
            }
        }
        return writer.bytes
    }

    /// The delivery with these bytes, which may come from anybody.
    ///
    /// - Throws: ``SealingError/encoding(_:)``.
    public init(decoding bytes: [UInt8]) throws(SealingError) {
        do throws(CBORError) {
            var reader = CBORReader(bytes)
            try reader.array(exactly: 7)
            let found = try reader.unsigned()
            guard found == Delivery.version else {
                throw .version(offset: 1, found: found, supported: Delivery.version)
            }
            ledger = LedgerID(try reader.digest())
            issuer = try reader.institution()
            stream = StreamID(
                UInt16(clamping: try reader.unsigned("stream", atMost: UInt64(UInt16.max))))
            firstNumber = try reader.unsigned("number", atMost: Entry.numberMax)
            recipients = try Delivery.recipients(&reader)
            items = try Delivery.items(&reader, from: firstNumber)
            try reader.finish()
        } catch {
            throw .encoding(error)
        }
    }

    private static func recipients(
        _ reader: inout CBORReader
    ) throws(CBORError) -> [Recipient] {
        var recipients: [Recipient] = []
        for _ in 0..<(try reader.array(atMost: recipientCountMax)) {
            try reader.array(exactly: 2)
            let institution = try reader.institution(after: recipients.last?.institution)
            recipients.append(
                Recipient(
                    institution: institution,
                    encapsulation: Array(
                        try reader.bytes(exactly: WrappingKey.encapsulationByteCount))))
        }
        return recipients
    }

    private static func items(
        _ reader: inout CBORReader, from firstNumber: UInt64
    ) throws(CBORError) -> [Item] {
        var items: [Item] = []
        for _ in 0..<(try reader.array(atMost: itemCountMax)) {
            try reader.array(exactly: 4)
            let start = reader.offset
            let number = try reader.unsigned("number", atMost: Entry.numberMax)
            guard number >= firstNumber, number > items.last?.number ?? 0 else {
                throw .unexpected(
                    offset: start, expected: "a number above the one before",
                    found: String(number))
            }
            let commitment = try reader.digest()
            let sealed = try reader.bytes(atMost: SealedPayload.sealedBytesMax)
            var keys: [WrappedKey] = []
            for _ in 0..<(try reader.array(atMost: recipientCountMax)) {
                try reader.array(exactly: 2)
                let institution = try reader.institution(after: keys.last?.institution)
                let bytes = try reader.bytes(exactly: WrappingKey.wrappedByteCount)
                keys.append(WrappedKey(institution: institution, bytes: Array(bytes)))
            }
            items.append(
                Item(
                    number: number, commitment: commitment, sealedPayload: Array(sealed),
                    keys: keys))
        }
        return items
    }
}

extension CBORReader {
    /// An institution id above `previous`, so that a list is in order and has nobody twice.
    fileprivate mutating func institution(
        after previous: InstitutionID?
    ) throws(CBORError) -> InstitutionID {
        let start = offset
        let institution = try institution()
        if let previous, institution <= previous {
            throw .unexpected(
                offset: start, expected: "an institution after \(previous)",
                found: institution.name)
        }
        return institution
    }
}
