public import Primitives
public import Records

/// What a recipient says to a delivery: which payloads it has stored, and which it refuses.
///
/// What is stored is on the recipient's disk, key and all, before the answer leaves.
///
/// Source: `docs/formats/wire.md`, section "Deliveries".
public struct DeliveryAnswer: Hashable, Sendable {
    public enum Verdict: Hashable, Sendable {
        case stored
        case refused(Mismatch.Reason)
        /// There is no room now for payloads whose entries this recipient has not seen committed.
        case later
    }

    public struct Item: Hashable, Sendable {
        public let number: UInt64
        public let commitment: Digest
        public let verdict: Verdict

        public init(number: UInt64, commitment: Digest, verdict: Verdict) {
            self.number = number
            self.commitment = commitment
            self.verdict = verdict
        }
    }

    public let ledger: LedgerID
    public let issuer: InstitutionID
    public let stream: StreamID
    public let items: [Item]

    private static let laterCode: UInt64 = 100

    /// The most payloads in one delivery.
    public static let itemCountMax = 4_096

    public init(
        ledger: LedgerID, issuer: InstitutionID, stream: StreamID, items: [Item]
    ) {
        self.ledger = ledger
        self.issuer = issuer
        self.stream = stream
        self.items = items
    }
}

extension DeliveryAnswer {
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 80 + items.count * 44)
        writer.array(5)
        writer.unsigned(1)
        writer.digest(ledger.digest)
        writer.institution(issuer)
        writer.unsigned(UInt64(stream.number))
        writer.array(items.count)
        for item in items {
            writer.array(3)
            writer.unsigned(item.number)
            writer.digest(item.commitment)
            switch item.verdict {
            case .stored: writer.unsigned(0)
            case .refused(let reason): writer.unsigned(UInt64(reason.rawValue))
            case .later: writer.unsigned(DeliveryAnswer.laterCode)
            }
        }
        return writer.bytes
    }

    /// Reads an answer from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> DeliveryAnswer {
        try reading("delivery answer", bytes) { reader throws(CBORError) in
            try reader.array(exactly: 5)
            try reader.version(1)
            let ledger = LedgerID(try reader.digest())
            let issuer = try reader.institution()
            let stream = try reader.stream()
            var items: [Item] = []
            for _ in 0..<(try reader.array(atMost: itemCountMax)) {
                try reader.array(exactly: 3)
                let number = try reader.number()
                let commitment = try reader.digest()
                items.append(
                    Item(
                        number: number, commitment: commitment,
                        verdict: try verdict(from: &reader)))
            }
            return DeliveryAnswer(ledger: ledger, issuer: issuer, stream: stream, items: items)
        }
    }

    private static func verdict(from reader: inout CBORReader) throws(CBORError) -> Verdict {
        let start = reader.offset
        let code = try reader.unsigned("verdict", atMost: 255)
        if code == 0 { return .stored }
        if code == laterCode { return .later }
        guard let reason = Mismatch.Reason(rawValue: UInt8(code)) else {
            throw .unexpected(offset: start, expected: "a verdict, 0 to 8 or 100", found: "\(code)")
        }
        return .refused(reason)
    }
}
