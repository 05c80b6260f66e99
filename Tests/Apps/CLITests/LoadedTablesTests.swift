internal import ArgumentParser
internal import Foundation
internal import Testing

@testable import custos

@Suite("Tables loaded by command")
struct LoadedTablesTests {
    private static func mapping(_ file: String) -> String {
        "table: t\ntitle: T\nsource: a test\nlicence: none\nfile: \(file)\n"
            + "keys: [{column: code, type: text, from: code}]\n"
    }

    private func load(_ folder: TemporaryFolder, _ mappings: String...) throws {
        let rest = ["--data", folder.path, "--out", folder.path + "/out"]
        var command = try Custos.parseAsRoot(["rules", "tables", "load"] + mappings + rest)
        try command.run()
    }

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch {
            return (error as? Failure)?.message ?? "\(error)"
        }
    }

    @Test("a mapping makes a manifest and rows; two that make one table are not loaded as one")
    func load() throws {
        let folder = try TemporaryFolder()
        let one = try folder.file("one.yaml", Self.mapping("one.csv"))
        let two = try folder.file("two.yaml", Self.mapping("two.csv"))
        _ = try folder.file("one.csv", "code\na\nb\n")
        #expect(message { try load(folder, two) }.contains("two.csv.gz, which its 'file:' names"))
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/out"))
        try load(folder, one)
        let rows = try String(contentsOfFile: folder.path + "/out/t.csv", encoding: .utf8)
        #expect(rows == "code\na\nb\n")
        _ = try folder.file("two.csv", "code\nc\n")
        let found = message { try load(folder, one, two) }
        #expect(found.contains("two.yaml: it makes the table 't', as \(one) does"), "\(found)")
    }
}
