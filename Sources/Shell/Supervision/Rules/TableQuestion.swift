public import Primitives
public import RuleEngine

/// What one node asks another of a knowledge table.
public enum TableQuestion: Hashable, Sendable {
    case outline(Digest)
    /// The chunks from a number on, as many as the answer has room for.
    case chunks(Digest, from: Int)

    /// The hash of the table that is asked for.
    var table: Digest {
        switch self {
        case .outline(let hash), .chunks(let hash, _): hash
        }
    }
}

/// What a node has of a knowledge table that another one asked for.
///
/// Bytes: `docs/formats/wire.md`, section "Between desks".
public enum TableAnswer: Hashable, Sendable {
    /// The table is not here.
    case nothing
    case outline(TableOutline)
    case chunks([[UInt8]])

    /// The most chunks in one answer: as many as there is room for, whatever their sizes.
    private static let chunkCountMax = 4_096

    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 1_024)
        writer.array(self == .nothing ? 2 : 3)
        writer.unsigned(1)
        switch self {
        case .nothing: writer.unsigned(0)
        case .outline(let outline):
            writer.unsigned(1)
            writer.bytes(outline.encode())
        case .chunks(let chunks):
            writer.unsigned(2)
            writer.array(chunks.count)
            for chunk in chunks { writer.bytes(chunk) }
        }
        return writer.bytes
    }

    /// Reads an answer from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> TableAnswer {
        try reading("answer with a table", bytes) { reader throws(CBORError) in
            let start = reader.offset
            let items = try reader.array(atMost: 3)
            try reader.version(1)
            switch (try reader.unsigned(), items) {
            case (0, 2): return .nothing
            case (1, 3): return .outline(try TableOutline.decode(Array(try reader.bytes())))
            case (2, 3):
                return .chunks(
                    try reader.list(atMost: chunkCountMax) { reader throws(CBORError) in
                        Array(try reader.bytes())
                    })
            case (let kind, _):
                throw .unexpected(
                    offset: start, expected: "an answer of kind 0 to 2", found: "\(kind)")
            }
        }
    }
}
