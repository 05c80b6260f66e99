internal import Primitives
internal import Sealing

/// A page of patient keys, as the identity provider seals it to a node that supervises.
///
/// Source: `docs/formats/wire.md`, section "Patient keys".
struct PersonKeyPage: Hashable {
    struct Row: Hashable {
        /// The place among the provider's rows, from 1.
        let number: UInt64
        let person: Digest
        /// Nil where the key was destroyed.
        let key: PatientKey?
    }

    let rows: [Row]
    /// Whether more rows follow.
    let isMore: Bool

    /// The most rows of one page.
    static let rowCountMax = 256
    /// What a sealed page is for.
    static let use = "patient keys"

    func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 16 + rows.count * 80)
        writer.array(3)
        writer.unsigned(1)
        writer.bool(isMore)
        writer.array(rows.count)
        for row in rows {
            writer.array(3)
            writer.unsigned(row.number)
            writer.digest(row.person)
            if let key = row.key { writer.bytes(key.bytes) } else { writer.null() }
        }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> PersonKeyPage {
        try reading("page of patient keys", bytes) { reader throws(CBORError) in
            try reader.array(exactly: 3)
            try reader.version(1)
            let isMore = try reader.bool()
            var rows: [Row] = []
            for _ in 0..<(try reader.array(atMost: rowCountMax)) {
                try reader.array(exactly: 3)
                let number = try reader.unsigned()
                let person = try reader.digest()
                let key =
                    try reader.isNull()
                    ? nil : PatientKey(Array(try reader.bytes(exactly: PatientKey.byteCount)))
                rows.append(Row(number: number, person: person, key: key))
            }
            return PersonKeyPage(rows: rows, isMore: isMore)
        }
    }
}

/// What the identity provider says to a node that asks for patient keys.
enum PersonKeyAnswer: Hashable {
    /// A ``PersonKeyPage``, sealed to the asker.
    case sealed([UInt8])
    /// The asker does not supervise, or cannot be sealed to: why.
    case refused(String)

    func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 64)
        writer.array(3)
        writer.unsigned(1)
        switch self {
        case .sealed(let bytes):
            writer.unsigned(0)
            writer.bytes(bytes)
        case .refused(let reason):
            writer.unsigned(1)
            writer.text(reason)
        }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> PersonKeyAnswer {
        try reading("answer about patient keys", bytes) { reader throws(CBORError) in
            try reader.array(exactly: 3)
            try reader.version(1)
            guard try reader.unsigned("verdict", atMost: 1) == 0 else {
                return .refused(try reader.text(atMost: 1_024))
            }
            return .sealed(Array(try reader.bytes(atMost: 1 << 20)))
        }
    }
}
