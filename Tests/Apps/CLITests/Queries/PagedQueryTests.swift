internal import ArgumentParser
internal import Foundation
internal import Node
internal import Primitives
internal import Testing

@testable import custos

/// `custos query`, gone on with by its cursor until nothing is left.
@Suite("An answer in parts", .timeLimit(.minutes(30)))
struct PagedQueryTests {
    private let folder: TemporaryFolder
    private let node: OneVote

    init() throws {
        folder = try TemporaryFolder()
        node = try OneVote(folder.path + "/n")
    }

    private func ask(
        _ arguments: [String]
    ) async throws -> (rows: [String], report: QueryReport) {
        let command = try QueryCommand.parse(
            ["patient", OneVote.patients[0].description, "--node", node.place.file] + arguments)
        var said: [String] = []
        let report = try await command.answer { said.append($0) }
        let form = try #require(QueryFormat(rawValue: command.format.rawValue))
        if form == .text { return (report.rows.map { JSONText.of($0) }, report) }
        let note = try #require(form.note(of: Array((said.joined(separator: "\n") + "\n").utf8)))
        if let opening = form.opening { #expect(said.removeFirst() == opening) }
        #expect(note.rows == said.count - 1 && note.isWhole == report.isWhole)
        #expect(note.blocks == report.blocks && note.head != nil && note.answer == nil)
        said.removeLast()
        // Rows of a FHIR Bundle stand behind a comma, but for the first.
        return (
            said.map {
                for start in [#","entry":["#, ","] where $0.hasPrefix(start) {
                    return String($0.dropFirst(start.count))
                }
                return $0
            }, report
        )
    }

    @Test("the cursor leads to every row exactly once, up and down, in every format")
    func cursor() async throws {
        try await OneVote.live([node]) { _ in
            for format in QueryFormat.allCases {
                for order in [[], ["--oldest-first"]] {
                    let asked = ["--format", format.rawValue]
                    let whole = try await ask(asked + order)
                    #expect(whole.rows.count > 9 && whole.report.next == nil)
                    for limit in 1...4 {
                        let limited = asked + ["--limit", "\(limit)"]
                        var part = try await ask(limited + order)
                        var rows: [String] = []
                        while true {
                            rows += part.rows
                            #expect(
                                part.report.summary.hasPrefix("\(part.rows.count) entries"))
                            guard let next = part.report.next else { break }
                            #expect(part.rows.count >= limit)
                            part = try await ask(limited + ["--after", next])
                        }
                        #expect(rows == whole.rows, "\(format) \(order), \(limit) at a time")
                    }
                }
            }
        }
    }
}
