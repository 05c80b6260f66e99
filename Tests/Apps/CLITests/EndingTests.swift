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

    @Test("what a command notices while it runs comes with that command's usage, not another's")
    func usage() throws {
        let words = Ending.words(ValidationError("no such day"), QueryCommand.self)
        #expect(words.contains("no such day") && words.contains("Usage: custos query"))
        let history = Ending.words(ValidationError("x"), RulesCommand.History.self)
        #expect(history.contains("custos rules history"))
        let error = ValidationError("x")
        #expect(Ending.of(error, asJSON: true, in: QueryCommand.self) == .usage)
    }

    @Test("an option with one value is not given twice, in any command")
    func twice() throws {
        let file = ["verify", "f", "--genesis", "g"]
        for (arguments, name) in [
            (["query", "--patient", "a", "--patient", "b"], "--patient"),
            (
                ["query", "--anchored-from=2021-01-01", "--anchored-from", "2021-01-02"],
                "--anchored-from"
            ),
            (["query", "--limit", "1", "--limit", "2"], "--limit"),
            (["query", "--node", "a", "--node", "b"], "--node"),
            (file + ["--genesis", "h"], "--genesis"),
            (file + ["--head", "a", "--head", "b"], "--head"),
        ] as [([String], String)] {
            let command = try Custos.parseAsRoot(arguments)
            let error = #expect(throws: ValidationError.self, "\(arguments)") {
                try OnceOptions.check(command, arguments)
            }
            #expect(error?.message.contains(name) == true)
        }
        for arguments in [
            ["query", "--kind", "claim", "--kind", "access"],
            file + ["--chain", "a", "--chain", "b"],
            ["ingest", "x", "--node", "a", "--node", "b"],
        ] {
            try OnceOptions.check(try Custos.parseAsRoot(arguments), arguments)
        }
    }

    @Test("a devnet that is not there, or has no node, is said to be the trouble")
    func nets() throws {
        let folder = try TemporaryFolder()
        for (net, words) in [(folder.path + "/none", "is not there"), (folder.path, "no node")] {
            let options = try IntakeOptions.parse(["x", "--net", net])
            let error = #expect(throws: Failure.self) { try options.places() }
            #expect(error?.message.contains(words) == true && error?.message.contains(net) == true)
        }
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
