import Foundation
import Testing

@testable import custos

@Suite("Paths of files")
struct FilesTests {
    @Test("what is said without a folder counts from the one that the program runs in")
    func absolute() {
        let here = FileManager.default.currentDirectoryPath
        #expect(Files.absolute("rules") == here + "/rules")
        #expect(Files.absolute("./rules/../facts") == here + "/facts")
        #expect(Files.absolute("/shared/facts") == "/shared/facts")
    }

    @Test("what stands beside a file counts from its folder")
    func beside() {
        let here = FileManager.default.currentDirectoryPath
        #expect(Files.place("b.json", beside: "/net/a/node.json") == "/net/a/b.json")
        #expect(Files.place("../rules", beside: "net/a/node.json") == here + "/net/rules")
        #expect(Files.place("/b.json", beside: "/net/a/node.json") == "/b.json")
    }
}
