import Batch
import Foundation
import Interop
import Primitives
import Records
import Storage

@testable import Node
@testable import custos

/// What is read out of files: the log, what was signed last, exports, tables and settings.
extension Decoders {
    static let files = [
        file("log of a node", "0000000000000001.log") { path -> Int? in
            var count = 0
            let folder = (path as NSString).deletingLastPathComponent
            let log = try AppendLog(directory: folder) { _, _ in count += 1 }
            return count > 0 && log.cutBytes == 0 ? count : nil
        },
        file("what was signed last", "signed") { path -> [UInt8]? in
            let file = try LastSignedFile(path)
            return file.content.isEmpty ? nil : file.content
        },
        file("archive of a node", "1-2.archive") { path -> Int? in
            let file = try ArchiveFile(path)
            var count = 0
            while try file.next() != nil { count += 1 }
            return count > 0 ? count : nil
        },
        file("archive of a stranger", "1-2.archive") { path -> Int? in
            guard let file = try ArchiveReader(path) else { return nil }
            var count = 0
            while try file.next() != nil { count += 1 }
            return count > 0 ? count : nil
        },
        file("settings of a node", "node.json") { try NodeConfiguration.read($0) },
        file("labels", "labels.json") { try LabelFile(path: $0) },
        file("assignment", "assignment.json") { try Assignment(path: $0) },
        file("export in FHIR", "export.ndjson") { try drafts(ofExport: $0) },
        file("packed export in FHIR", "export.ndjson.gz") { try drafts(ofExport: $0) },
        file("table", "claims.csv") { path -> Int? in
            guard let hospital else { return nil }
            var run = CSVImport(
                folder: (path as NSString).deletingLastPathComponent,
                mappings: [try CSVMapping(bytes: Array(mapping.utf8), path: "claims.json")],
                issuer: hospital, pseudonyms: NamelessPseudonyms())
            return try draftCount { () throws(InteropError) in try run.next() }
        },
        Decoder("line of a fact") { try FactLine.read($0, kind: .dispense) },
    ]

    private static let hospital = InstitutionID("hospital")

    /// A decoder that reads a file of this name, which has a folder to itself.
    private static func file<Value>(
        _ name: String, _ fileName: String,
        _ read: @escaping @Sendable (String) throws -> Value?
    ) -> Decoder {
        Decoder(name) { bytes in
            let folder = FileManager.default.temporaryDirectory
                .appending(path: "custos-fuzz-\(UUID().uuidString)")
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let file = folder.appending(path: fileName)
            try Data(bytes).write(to: file)
            return try read(file.path)
        }
    }

    private static func drafts(ofExport path: String) throws -> Int? {
        guard let hospital else { return nil }
        var run = FHIRImport(
            files: [InputFile(path: path)].compactMap(\.self),
            assignment: Assignment(spreading: [hospital], insurer: hospital),
            pseudonyms: NamelessPseudonyms(), importTime: Timestamp(milliseconds: 0))
        try run.survey()
        return try draftCount { () throws(InteropError) in try run.next() }
    }

    /// How many drafts came out; nil where none did.
    private static func draftCount(
        _ next: () throws(InteropError) -> ImportEvent?
    ) throws(InteropError) -> Int? {
        var count = 0
        while let event = try next() {
            if case .draft = event { count += 1 }
        }
        return count > 0 ? count : nil
    }

    private static let mapping = """
        {"format": "custos csv mapping 1", "name": "claims", "file": "claims.csv", "key": "claim",
         "entries": [{"kind": "claim", "time": {"constant": "2024-01-01T00:00:00Z"},
           "patient": {"column": "patient"}, "claim": {"column": "claim"},
           "facts": [{"kind": "claim", "fields": {
             "claim": {"id": "claim"}, "patient": {"id": "patient"},
             "institution": {"id": "issuer"}, "type": {"constant": "institutional"},
             "status": {"constant": "active"},
             "total": {"column": "total", "currency": "USD"}}}]}]}
        """

    /// Sound files that are no text, to begin from.
    static func fileSamples() throws -> [Corpus.Sample] {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "custos-fuzz-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var log = try AppendLog(directory: folder.path) { _, _ in }
        for length in [1, 40, 400] { try log.append([UInt8](repeating: 0xa5, count: length)) }
        try log.sync()
        let signed = folder.appending(path: "signed").path
        try LastSignedFile.create(signed)
        var last = try LastSignedFile(signed)
        for length in [30, 200] { try last.replace(with: [UInt8](repeating: 0x5a, count: length)) }
        return try ["0000000000000001.log", "signed"].map { name in
            let bytes = try Data(contentsOf: folder.appending(path: name))
            return Corpus.Sample(name: name, bytes: [UInt8](bytes))
        }
    }
}

/// Everybody is the same person: a decoder is not asked who is who.
private struct NamelessPseudonyms: PseudonymSource {
    private let id = OpaqueID([UInt8](repeating: 7, count: 16))

    func patient(_: String) -> OpaqueID? { id }
    func practitioner(_: String) -> OpaqueID? { id }
    func claim(_: String, issuer: InstitutionID) -> OpaqueID? { id }
    func prescription(_: String, issuer: InstitutionID) -> OpaqueID? { id }
}
