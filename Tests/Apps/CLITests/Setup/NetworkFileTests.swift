internal import Foundation
internal import Primitives
internal import Testing

@testable import custos

@Suite("A network's description")
struct NetworkFileTests {
    private func read(_ text: String) throws -> NetworkFile {
        let folder = try TemporaryFolder()
        return try NetworkFile(path: try folder.file("net.yaml", text))
    }

    @Test func readsTheExample() throws {
        let root = Project.root
        let network = try NetworkFile(path: "\(root)/genesis/county.yaml")
        #expect(network.name == "county")
        #expect(
            network.members.map(\.id.name) == [
                "city-hospital", "county-hospital", "insurer", "regulator",
            ])
        #expect(network.members.allSatisfy { $0.power == 1 && $0.streams == [0] })
        #expect(network.rules?.runners.map(\.name) == ["insurer", "regulator"])
        #expect(network.rules?.folder == "\(root)/rules")
    }

    @Test("a folder of rules that is not there is said, and makes no ledger without rules")
    func missingRules() throws {
        let network = try read(
            """
            name: n
            rules: {folder: nowhere, run-by: [a]}
            institutions: {a: {name: A, kind: hospital, tier: city, power: 1}}
            """)
        let error = #expect(throws: Failure.self) { try RuleBuild.rules(of: network) }
        #expect(error?.ending == .file && error?.message.contains("/nowhere, which is not") == true)
    }

    @Test func readsTimesAndRelativeFolders() throws {
        let network = try read(
            """
            name: n
            start: 1970-01-02T00:00:01Z
            rules: {folder: ../rules, run-by: [b, a]}
            institutions: {a: {name: A, kind: hospital, tier: city, streams: [3, 1]}}
            """)
        #expect(network.start == Timestamp(milliseconds: 86_401_000))
        #expect(network.members[0].power == 0)
        #expect(network.members[0].streams == [1, 3])
        #expect(network.rules?.runners.map(\.name) == ["a", "b"])
    }

    @Test(arguments: [
        ("", "empty"),
        ("name: n", "institutions"),
        ("name: n\nname: m", "name"),
        ("name: n\ninstitution: {}", "not known here"),
        ("name: n\ninstitutions: [a]", "mapping"),
        ("name: n\ninstitutions: {A: {}}", "a-z"),
        ("name: n\ninstitutions: {a: {name: A}}", "a kind and a tier"),
        ("name: n\ninstitutions: {a: {name: A, kind: k, tier: t, power: -1}}", "from 0 to"),
        ("name: n\ninstitutions: {a: {name: A, kind: k, tier: t, streams: [65536]}}", "65535"),
        ("name: n\nstart: tomorrow\ninstitutions: {}", "2026-01-01T00:00:00Z"),
        ("name: n\nrules: {folder: x}\ninstitutions: {}", "run-by"),
        ("name: n\nparameters: {speed: 1}\ninstitutions: {}", "not known here"),
        ("name: [\n", "net.yaml"),
    ])
    func saysWhatIsWrong(text: String, word: String) throws {
        let failure = #expect(throws: Failure.self) { try read(text) }
        #expect(failure?.ending == .file)
        #expect(failure?.message.contains(word) == true, "\(failure?.message ?? "")")
    }

    @Test func errorsHaveLineAndColumn() throws {
        let failure = #expect(throws: Failure.self) {
            try read("name: n\ninstitutions:\n  a:\n    power: much\n")
        }
        #expect(failure?.message.contains("net.yaml:4:12") == true, "\(failure?.message ?? "")")
    }
}
