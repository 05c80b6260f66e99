public import Primitives

/// What the ledger calls a patient in one epoch.
public struct PatientEpoch: Hashable, Comparable, Sendable {
    public let epoch: UInt32
    public let pseudonym: OpaqueID

    public init(epoch: UInt32, pseudonym: OpaqueID) {
        self.epoch = epoch
        self.pseudonym = pseudonym
    }

    /// The most pseudonyms that one answer is pieced together from.
    public static let countMax = 62

    public static func < (left: PatientEpoch, right: PatientEpoch) -> Bool {
        (left.epoch, left.pseudonym) < (right.epoch, right.pseudonym)
    }

    /// What is wrong with a list of them as a query names it, or nil.
    static func problem(of list: [PatientEpoch]) -> String? {
        var seen: Set<OpaqueID> = []
        for (index, item) in list.enumerated() {
            guard seen.insert(item.pseudonym).inserted else {
                return "pseudonym \(item.pseudonym) twice"
            }
            guard index > 0 else { continue }
            let before = list[index - 1]
            if item < before { return "epoch \(item.epoch) after epoch \(before.epoch)" }
            if item.epoch > before.epoch, item.epoch - before.epoch > 1 {
                return "nothing of epoch \(before.epoch + 1)"
            }
        }
        return nil
    }
}

extension PatientEpoch {
    static func encode(_ list: [PatientEpoch], into writer: inout CBORWriter) {
        writer.array(list.count)
        for item in list {
            writer.array(2)
            writer.unsigned(UInt64(item.epoch))
            writer.bytes(item.pseudonym.bytes)
        }
    }

    /// Reads a list that a query may name: one at least, in order, without a gap.
    static func list(from reader: inout CBORReader) throws(CBORError) -> [PatientEpoch] {
        let start = reader.offset
        var list: [PatientEpoch] = []
        for _ in 0..<(try reader.array(atMost: countMax)) {
            try reader.array(exactly: 2)
            let epoch = try reader.unsigned("epoch", atMost: UInt64(UInt32.max))
            list.append(
                PatientEpoch(
                    epoch: UInt32(truncatingIfNeeded: epoch), pseudonym: try reader.opaqueID()))
        }
        if let problem = list.isEmpty ? "no epoch" : problem(of: list) {
            throw .unexpected(
                offset: start, expected: "epochs in order, each with its pseudonyms",
                found: problem)
        }
        return list
    }
}
