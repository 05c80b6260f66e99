import Foundation
import Interop
import Testing

@Suite("Files of labels")
struct LabelFileTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "mappings").path

    static let file = """
        {"format":"custos labels 1","name":"claims","file":"t.csv","key":"id","when":{"column":\
        "bad","in":["1"]},"scheme":{"column":"kind"},"subject":{"column":"who"},"patterns":{\
        "twice":"PR-03"}}
        """

    private static func labels(_ text: String, _ rows: [String]) throws -> [LabelFile.Label] {
        let table = try TemporaryFile(["id,who,bad,kind"] + rows, name: "t.csv")
        let labels = try TemporaryFile([text], name: "labels.json")
        return try LabelFile(path: labels.path).labels(in: table.folder)
    }

    @Test("say which rows are wrong, how, and which pattern that is")
    func labels() throws {
        let found = try Self.labels(Self.file, ["c1,p1,1,twice", "c2,p1,0,-", "c3,p2,1,other"])
        #expect(found.map(\.record) == ["claims/c1", "claims/c3"])
        #expect(found.map(\.pattern) == ["PR-03", ""])
        #expect(found.map(\.scheme) == ["twice", "other"])
        #expect(found.map(\.subject) == ["p1", "p2"])
    }

    @Test("call rows by their lines, or by nothing where they are about a subject")
    func names() throws {
        let lines = Self.file.replacing("\"key\":\"id\"", with: "\"key\":\"#\"")
        let rows = ["c1,p1,1,twice", "c2,p1,1,twice"]
        #expect(try Self.labels(lines, rows).map(\.record) == ["claims/2", "claims/3"])
        let subjects = Self.file.replacing("\"key\":\"id\",", with: "")
        #expect(try Self.labels(subjects, rows).map(\.record) == [nil, nil])
    }

    @Test("are refused where they are none, or speak of columns that are not there")
    func refused() {
        for wrong in [
            Self.file.replacing("labels 1", with: "labels 2"),
            Self.file.replacing("\"who\"", with: "\"whom\""),
            Self.file.replacing("\"patterns\"", with: "\"pattern\""),
            Self.file.replacing("\"scheme\":{\"column\":\"kind\"},", with: ""), "{",
        ] {
            #expect(throws: InteropError.self, "\(wrong)") { try Self.labels(wrong, []) }
        }
    }

    @Test(
        "those that ship are right, and so are the mappings beside them",
        arguments: ["bpjs", "manutej", "hera", "vuonghuy"])
    func shipped(name: String) throws {
        _ = try LabelFile(path: "\(Self.root)/labelled/\(name).labels.json")
        #expect(try CSVMapping.list("\(Self.root)/labelled/\(name)").count == 1)
    }
}
