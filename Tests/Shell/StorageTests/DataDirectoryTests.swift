internal import Primitives
internal import Testing

@testable import Storage

@Suite("DataDirectory")
struct DataDirectoryTests {
    let directory = TemporaryDirectory()
    private var path: String { directory.path(of: "a/b/node") }
    private let ledger = LedgerID(.zero)

    private func other() throws -> LedgerID {
        LedgerID(try #require(Digest([UInt8](repeating: 7, count: 32))))
    }

    @Test func isOpenedAgainForItsLedger() throws {
        do { _ = try DataDirectory(path, ledger: ledger) }
        let again = try DataDirectory(path, ledger: ledger)
        #expect(again.path(of: "x") == path + "/x")
    }

    @Test func refusesAnotherLedger() throws {
        do { _ = try DataDirectory(path, ledger: ledger) }
        let other = try other()
        #expect(
            throws: StorageError.otherLedger(
                path: path + "/LEDGER", found: ledger.description, expected: other.description)
        ) { _ = try DataDirectory(path, ledger: other) }
    }

    @Test func refusesASecondProcess() throws {
        let first = try DataDirectory(path, ledger: ledger)
        #expect(throws: StorageError.locked(path: path + "/LOCK")) {
            _ = try DataDirectory(path, ledger: ledger)
        }
        #expect(first.path == path)
    }

    @Test(arguments: ["6", "0", "", "two"])
    func refusesAFormatThatItDoesNotRead(_ found: String) throws {
        try SmallFile.write(
            Array("custos format \(found)\nledger \(ledger)\n".utf8), to: path + "/LEDGER")
        #expect(
            throws: StorageError.formatVersion(
                path: path + "/LEDGER", found: found, supported: 5)
        ) { _ = try DataDirectory(path, ledger: ledger) }
    }

    /// Reading leaves the format to the version that wrote it, which may have to go on.
    @Test(arguments: [1, 2, 3, 4])
    func takesADirectoryOfAFormerFormatOverOnlyToWrite(_ format: Int) throws {
        let former = Array("custos format \(format)\nledger \(ledger)\n".utf8)
        try SmallFile.write(former, to: path + "/LEDGER")
        let directory = try DataDirectory(path, ledger: ledger)
        #expect(try SmallFile.read(path + "/LEDGER") == former)
        for _ in 0..<2 {
            try directory.takeFormat(ledger: ledger)
            let now = Array("custos format 5\nledger \(ledger)\n".utf8)
            #expect(try SmallFile.read(path + "/LEDGER") == now)
        }
    }

    @Test func refusesAManifestThatIsNone() throws {
        try SmallFile.write(Array("hello".utf8), to: path + "/LEDGER")
        #expect(throws: StorageError.self) { _ = try DataDirectory(path, ledger: ledger) }
    }

    @Test func writesFilesForTheirOwnerOnly() throws {
        try SmallFile.write([1], to: path + "/key")
        #expect(try !SmallFile.isOpenToOthers(path + "/key"))
        #expect(try SmallFile.read(path + "/key") == [1])
    }

    @Test func refusesToReadPastTheLimit() throws {
        try SmallFile.write([1, 2, 3], to: path + "/key")
        #expect(
            throws: StorageError.tooLarge(path: path + "/key", byteCount: 3, limit: 2)
        ) { try SmallFile.read(path + "/key", atMost: 2) }
    }
}
