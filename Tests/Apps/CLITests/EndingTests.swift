internal import ArgumentParser
internal import Testing

@testable import custos

@Suite("How commands end")
struct EndingTests {
    @Test func usageErrorsEndWithTwo() throws {
        for arguments in [["nope"], ["keygen"], ["keygen", "Bad"], ["keygen", "a", "--nope"]] {
            let error = #expect(throws: (any Error).self, "\(arguments)") {
                _ = try Custos.parseAsRoot(arguments)
            }
            #expect(Ending.of(try #require(error), asJSON: true) == .usage, "\(arguments)")
        }
    }

    @Test func helpIsNoError() throws {
        let error = #expect(throws: (any Error).self) {
            var command = try Custos.parseAsRoot(["keygen", "--help"])
            try command.run()
        }
        #expect(Ending.of(try #require(error), asJSON: false) == .done)
    }

    @Test func failuresKeepTheirCode() {
        for ending in [Ending.refused, .unreachable, .file, .other] {
            #expect(Ending.of(Failure(ending, "x"), asJSON: true) == ending)
            #expect(Ending.of(ending, asJSON: true) == ending)
        }
    }

    @Test func tablesAlign() {
        var table = Table("name", "count")
        table.add("county", "3")
        table.add("x")
        #expect(table.lines == ["name    count", "county  3", "x"])
    }
}
