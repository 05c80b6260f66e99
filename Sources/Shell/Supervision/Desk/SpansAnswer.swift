internal import Primitives
public import Proofs

/// What the ledger calls a patient in some epochs.
public struct SpansAnswer: Hashable, Sendable {
    /// By epoch, none left out; empty where this node cannot say.
    public let spans: [PatientEpoch]
    /// Why it cannot, in words.
    public let refusal: String

    public init(spans: [PatientEpoch], refusal: String = "") {
        self.spans = spans
        self.refusal = refusal
    }

    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 32 + spans.count * 24)
        writer.array(3)
        writer.unsigned(1)
        writer.text(refusal)
        writer.array(spans.count)
        for span in spans {
            writer.array(2)
            writer.unsigned(UInt64(span.epoch))
            writer.bytes(span.pseudonym.bytes)
        }
        return writer.bytes
    }

    /// Reads an answer from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> SpansAnswer {
        try reading("answer about epochs", bytes) { reader throws(CBORError) in
            try reader.array(exactly: 3)
            try reader.version(1)
            let refusal = try reader.text(atMost: 4_096)
            var spans: [PatientEpoch] = []
            for _ in 0..<(try reader.array(atMost: 4_096)) {
                try reader.array(exactly: 2)
                let epoch = try reader.unsigned("epoch", atMost: UInt64(UInt32.max))
                spans.append(
                    PatientEpoch(
                        epoch: UInt32(truncatingIfNeeded: epoch),
                        pseudonym: try reader.opaqueID()))
            }
            return SpansAnswer(spans: spans, refusal: refusal)
        }
    }
}
