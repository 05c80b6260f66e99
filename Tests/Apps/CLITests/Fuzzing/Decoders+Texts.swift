import Interop
import RuleEngine
import RuleLanguage
import RuleSource
import Tiles

/// What people and other programs write.
extension Decoders {
    static let texts = [
        Decoder("JSON") { try JSONDocument($0) },
        Decoder("claim to be screened") { try ClaimMessage($0) },
        Decoder("mapping of a table") { try CSVMapping(bytes: $0, path: "mapping.yaml") },
        Decoder("rule") { bytes in
            try RuleReader(schema: .facts(tables: [])).rule(
                text(bytes), file: "rule.yaml", predicates: [])
        },
        Decoder("predicate") { bytes in
            try RuleReader(schema: .facts(tables: [])).predicate(text(bytes), file: "rule.yaml")
        },
        Decoder("cases of a rule") { try RuleTestReader.read(text($0), file: "rule.test.yaml") },
        Decoder("knowledge table's manifest and rows") { bytes in
            let half = bytes.firstIndex(of: 0) ?? bytes.count
            return try TableReader.table(
                manifest: text(Array(bytes[..<half])), manifestFile: "table.yaml",
                rows: text(Array(bytes[half...].dropFirst())), rowsFile: "table.csv")
        },
        Decoder("checkpoint") { bytes in SignedNote(text(bytes)).flatMap { Checkpoint($0) } },
        Decoder("request to a witness") { bytes in CheckpointRequest(text(bytes)) },
        Decoder("vkey") { bytes in NoteVerifier(text(bytes)) },
        Decoder("bundle of a tiled log") { TileWriter.entries(of: $0, count: 3) },
    ]

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
