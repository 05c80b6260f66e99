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
        Decoder("pattern") { $0.isEmpty ? nil : try Pattern(text($0)) },
        Decoder("mapping of a published table") { try TableMapping(text($0), file: "t.yaml") },
        Decoder("published table") { bytes in
            try TableMapping(publishedTable, file: "t.yaml").load([(text(bytes), "t.csv")])
        },
        Decoder("cases of a rule") { try RuleTestReader.read(text($0), file: "rule.test.yaml") },
        Decoder("cases of a rule in a sheet") { bytes in
            try RuleTestReader.read(sheet: text(bytes), rule: "X", file: "X.tests.csv")
        },
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

    private static let publishedTable = """
        table: mue
        title: How many units of a service are plausible
        source: a test
        licence: none
        file: t.csv
        keys:
          - {column: service, type: code, system: hcpcs, from: code}
        values:
          - {column: units, type: decimal, from: units}
        """

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
