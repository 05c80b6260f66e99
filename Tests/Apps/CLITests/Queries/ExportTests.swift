internal import ArgumentParser
internal import Foundation
internal import Node
internal import Primitives
internal import Proofs
internal import Testing

@testable import custos

/// Rows that `custos query` writes for other programs, held against the answer they are from.
@Suite("Exports of answers", .timeLimit(.minutes(30)))
struct ExportTests {
    private let folder: TemporaryFolder
    private let node: OneVote
    private let genesis: [String]

    init() throws {
        folder = try TemporaryFolder()
        node = try OneVote(folder.path + "/n")
        genesis = ["--genesis", node.place.configuration.genesis]
    }

    private func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    /// Writes an export as the shell's `>` does, with its answer beside it.
    private func export(_ name: String, _ format: QueryFormat, _ more: [String]) async throws {
        let command = try QueryCommand.parse(
            more + [
                "--format", format.rawValue, "--out", path(name + ".answer"), "--node",
                node.place.file,
            ])
        var text = ""
        _ = try await command.answer { text += $0 + "\n" }
        try Files.write(Array(text.utf8), to: path(name))
    }

    private func verify(_ export: [UInt8], _ name: String) async throws {
        try Files.write(export, to: path("some"))
        try await LyingServer.run(
            ["verify", path("some"), "--answer", path(name + ".answer")] + genesis)
    }

    private static let formats: [QueryFormat] = [.csv, .ndjson, .fhir]

    @Test("an export is what its answer gives, and with any byte changed or left out it is not")
    func exports() async throws {
        let patients = OneVote.patients.map(\.description)
        let questions = [
            ["patient", patients[0]], ["patient", patients[0], "--oldest-first"],
            ["patient", patients[2]], ["--kind", "link", "--limit", "3"],
        ]
        try await OneVote.live([node]) { _ in
            for format in Self.formats {
                for (index, question) in questions.enumerated() {
                    try await export("\(format)\(index)", format, question)
                }
            }
        }
        for format in Self.formats {
            for index in questions.indices {
                let name = "\(format)\(index)"
                let bytes = try Files.read(path(name))
                try await verify(bytes, name)
                let note = try #require(format.note(of: bytes))
                #expect(note.isWhole == (index < 3) && note.newestFirst == (index != 1))
                #expect(note.query.patient == (index < 3 ? patients[index == 2 ? 2 : 0] : nil))
                #expect(note.head != nil && note.answer?.count == 64)
                var lies = stride(from: index, to: bytes.count, by: max(1, bytes.count / 50)).map {
                    place in
                    var bent = bytes
                    bent[place] ^= 1
                    return bent
                }
                var lines = bytes.split(separator: UInt8(ascii: "\n"))
                lines.remove(at: lines.count / 2)
                lies += [
                    Array(bytes.dropLast()), Array(bytes.dropLast(30)), bytes + bytes,
                    bytes + [UInt8(ascii: "\n")], Array(lines.joined(separator: [10])) + [10],
                ]
                for lie in lies where lie != bytes {
                    await #expect(throws: (any Error).self, "\(name)") {
                        try await verify(lie, name)
                    }
                }
            }
            // An export of one answer is none of another.
            let other = try Files.read(path("\(format)3"))
            await #expect(throws: Ending.refused) { try await verify(other, "\(format)0") }
        }
    }

    @Test("an export alone is told by what it is; a bent answer proves no export")
    func alone() async throws {
        try await OneVote.live([node]) { _ in
            try await export("e", .csv, ["--kind", "link"])
        }
        let error = await #expect(throws: Failure.self) {
            try await LyingServer.run(["verify", path("e")] + genesis)
        }
        let failure = try #require(error)
        #expect(failure.ending == .usage && failure.message.contains("--answer"))
        var answer = try Files.read(path("e.answer"))
        answer[answer.count / 2] ^= 1
        try Files.write(answer, to: path("e.answer"))
        await #expect(throws: Ending.refused) {
            try await verify(try Files.read(path("e")), "e")
        }
    }

    @Test("an empty answer is an answer, and says whom there is not")
    func notes() async throws {
        try await OneVote.live([node]) { _ in
            let stranger = OpaqueID(prefixOf: Digest(words: (9, 9, 9, 9))).description
            for (question, words) in [
                (["--issuer", "hospitl"], "did you mean 'hospital'?"),
                (["--institution", "nobody-at-all"], "no institution 'nobody-at-all'"),
                (["--rule", "PR-03"], "no rule 'PR-03'"),
                (["practitioner", stranger], "about a practitioner \(stranger)"),
                (["patient", stranger], "about a patient \(stranger)"),
            ] {
                let command = try QueryCommand.parse(question + ["--node", node.place.file])
                let report = try await command.answer { _ in }
                #expect(report.rows.isEmpty && report.isWhole)
                #expect(report.notes.contains { $0.contains(words) }, "\(report.notes)")
                #expect(report.lines.contains { $0.hasPrefix("note: ") })
            }
            for question in [["--issuer", "regulator"], ["--kind", "claim"]] {
                let command = try QueryCommand.parse(question + ["--node", node.place.file])
                #expect(try await command.answer { _ in }.notes.isEmpty, "\(question)")
            }
        }
    }
}
