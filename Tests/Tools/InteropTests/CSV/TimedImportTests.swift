import Foundation
import Interop
import Primitives
import Records
import Testing

@Suite("Tables read side by side")
struct TimedImportTests {
    static func mapping(_ name: String) -> String {
        """
        {"format":"custos csv mapping 1","name":"\(name)","file":"\(name).csv","key":"id",\
        "entries":[{"kind":"record","time":{"column":"at"},"patient":{"column":"who"},"facts":[{\
        "kind":"result","fields":{"patient":{"id":"patient"},"at":{"column":"at"}}}]}]}
        """
    }

    /// The names of the drafts, with the day to which each table had come, and the problems.
    static func read(
        _ tables: [(name: String, rows: [String])]
    ) throws -> (drafts: [String], problems: Int, report: ImportReport) {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "timed-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, rows) in tables {
            let text = (["id,at,who"] + rows).joined(separator: "\n") + "\n"
            try Data(text.utf8).write(to: folder.appending(path: "\(name).csv"))
        }
        var run = TimedImport(
            folder: folder.path,
            mappings: try tables.map { table in
                try CSVMapping(bytes: Array(mapping(table.name).utf8), path: "t.json")
            },
            issuer: try #require(Region.city), pseudonyms: TestPseudonyms())
        var drafts: [String] = []
        var problems = 0
        while let event = try run.next() {
            switch event {
            case .draft(let draft): drafts.append("\(draft.origin.name) \(run.anchored.day)")
            case .problem: problems += 1
            case .progress: continue
            }
        }
        return (drafts, problems, run.report)
    }

    @Test("the earliest comes first, of one time that of the earlier mapping")
    func order() throws {
        let read = try Self.read([
            ("a", ["1,2021-07-01T08:00:00Z,7", "2,2021-07-03T08:00:00Z,7"]),
            ("b", ["1,2021-07-01T08:00:00Z,7", "2,2021-07-02T08:00:00Z,7"]),
        ])
        #expect(
            read.drafts == ["a/1 2021-07-01", "b/1 2021-07-01", "b/2 2021-07-02", "a/2 2021-07-03"])
        #expect(read.report.counts["a"]?.drafts == 2)
    }

    @Test("what stands late in its table stays late")
    func late() throws {
        let read = try Self.read([
            ("a", ["1,2021-07-05T08:00:00Z,7", "2,2021-07-01T08:00:00Z,7"]),
            ("b", ["1,2021-07-02T08:00:00Z,7", "2,2021-07-06T08:00:00Z,7"]),
        ])
        #expect(
            read.drafts == ["b/1 2021-07-02", "a/1 2021-07-05", "a/2 2021-07-05", "b/2 2021-07-06"])
    }

    @Test("a bad row is told, and costs no other one")
    func problems() throws {
        let read = try Self.read([
            ("a", ["1,never,7", "2,2021-07-03T08:00:00Z,7"]),
            ("b", ["1,2021-07-02T08:00:00Z,7", "2,x,7"]),
        ])
        #expect(read.problems == 2)
        #expect(read.drafts.count == 2)
    }
}
