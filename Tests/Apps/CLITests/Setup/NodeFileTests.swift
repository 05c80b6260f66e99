internal import Primitives
internal import Testing

@testable import custos

@Suite("A node's settings")
struct NodeFileTests {
    private func read(_ text: String) throws -> NodeFile {
        let folder = try TemporaryFolder()
        return try NodeFile(path: try folder.file("node.yaml", text))
    }

    private static let whole = """
        institution: insurer
        genesis: ../county.genesis
        secrets: .
        data: data
        listen: 127.0.0.1:7401
        control: /tmp/control.sock
        peers:
          regulator: node.regulator.example:7402
        """

    @Test func pathsCountFromTheFile() throws {
        let folder = try TemporaryFolder()
        let file = try NodeFile(path: try folder.file("node.yaml", Self.whole))
        #expect(file.institution.name == "insurer")
        #expect(file.data == "\(folder.path)/data")
        #expect(file.control == "/tmp/control.sock")
        #expect(file.genesis.hasSuffix("/county.genesis") && !file.genesis.contains(".."))
        #expect(file.listen == NodeFile.Address(host: "127.0.0.1", port: 7401))
        #expect(file.peers.map(\.address.port) == [7402])
        #expect(file.rules == nil)
    }

    @Test func whatIsWrittenIsRead() throws {
        let file = try read(Self.whole)
        let again = try read(file.text)
        #expect(again.text == file.text)
    }

    @Test(arguments: [
        ("listen: 127.0.0.1:7401", "listen: here"),
        ("listen: 127.0.0.1:7401", "listen: 127.0.0.1:70000"),
        ("institution: insurer", "institution: Insurer"),
        ("data: data", "date: data"),
        ("data: data\n", ""),
        ("  regulator: node.regulator.example:7402", "  regulator: :7402"),
    ])
    func refuses(right: String, wrong: String) throws {
        let text = Self.whole.replacing(right, with: wrong)
        #expect(text != Self.whole)
        #expect(throws: Failure.self) { try read(text) }
    }
}
