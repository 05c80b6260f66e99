import Testing

/// A check that cannot fail checks nothing: each is given something bad, and something good.
@Suite("The tidy checks")
struct CheckTests {
    private func core(_ text: String) -> SourceFile {
        SourceFile(path: "Sources/Core/Ledger/Thing.swift", text: text)
    }

    @Test(arguments: [
        "import Foundation",
        "public import Foundation",
        "@preconcurrency internal import Dispatch",
        "import struct Foundation.Date",
        "func load() async {}",
        "let now = ContinuousClock().now",
        "let die = Int.random(in: 1...6)",
        "let order = list.shuffled()",
        "Task { work() }",
        "actor Counter {}",
        "let rate: Double = 1",
        "let rate = Float(1)",
        "var hasher = Hasher()",
        "let key = thing.hashValue",
        "let text = \"now: \\(Date())\"",
        "print(\"hello\")",
    ])
    func coreMayNot(_ line: String) {
        #expect(!PurityChecks.purity(core(line)).isEmpty, "\(line)")
        let shell = SourceFile(path: "Sources/Shell/Node/Thing.swift", text: line)
        #expect(PurityChecks.purity(shell).isEmpty)
    }

    @Test(arguments: [
        "// no async here, and no Double",
        "/// Not a Date /* and not */ a Task",
        "/* import Foundation */",
        "let text = \"random, Double, async\"",
        "let text = #\"Task \"actor\" \\(Date())\"#",
        "let asynchronous = isRandomised && doubled",
        "public func hash(into hasher: inout Hasher) {",
        "internal import Primitives",
    ])
    func coreMay(_ line: String) {
        #expect(PurityChecks.purity(core(line)).isEmpty, "\(line)")
    }

    @Test func textOfLiteralsIsNoCode() {
        let text = """
            let a = \"\"\"
                import Foundation
                \\(actor(1))
                \"\"\"
            /* a /* nested */ Task */ let b = "\\"" + "x" // Double
            """
        let code = SwiftText.codeOnly(text)
        #expect(code.count == 5)
        #expect(code[1].isBlank)
        #expect(code[2].containsWord("actor"))
        #expect(code[4].contains("let b =") && code[4].contains("+"))
        #expect(!code[4].contains("Task") && !code[4].contains("Double"))
    }

    @Test(arguments: [
        ("var seen: Set<Digest> = []", "for digest in seen {"),
        ("private var votes: [Round: [Vote]] = [:]", "for (round, vote) in self.votes {"),
        ("let table = [\"a\": 1]", "for row in table where row.value > 0 {"),
        ("let changes = [1: true]", "for key in state.changes.keys {"),
    ])
    func unorderedLoopsAreSeen(declaration: String, loop: String) {
        #expect(unordered(declaration + "\n" + loop) == 1)
    }

    @Test(arguments: [
        ("var seen: Set<Digest> = []", "for digest in seen.sorted() {"),
        ("var list: [Digest] = []", "for digest in list {"),
        ("let keys: [Digest]", "for key in phrase.keys {"),
        ("let pairs = [(\"a\", f(x: 1))]", "for pair in pairs {"),
        ("var votes: [Round: Vote] = [:]", "for round in votes.keys.sorted() {"),
    ])
    func orderedLoopsAreLeftAlone(declaration: String, loop: String) {
        #expect(unordered(declaration + "\n" + loop) == 0)
    }

    private func unordered(_ text: String) -> Int {
        UnorderedLoops([core(text)]).check(core(text)).count
    }

    @Test func dictionariesOfTheRoomAreKnown() {
        let declared = SourceFile(
            path: "Sources/Core/Ledger/Other.swift", text: "var changes: [Int: Bool] = [:]")
        let loop = core("for key in state.changes.keys {")
        #expect(UnorderedLoops([declared, loop]).check(loop).count == 1)
        #expect(UnorderedLoops([loop]).check(loop).isEmpty)
    }

    @Test func filesMayBeFull() {
        let full = String(repeating: "x\n", count: ShapeChecks.fileLinesMax)
        #expect(ShapeChecks.fileLength(core(full)).isEmpty)
        #expect(ShapeChecks.fileLength(core(full + "x\n")).count == 1)
    }

    @Test func commentsCountAsLines() {
        let full = "// " + String(repeating: "é", count: ShapeChecks.lineColumnsMax - 3)
        #expect(ShapeChecks.lineLength(core(full)).isEmpty)
        #expect(ShapeChecks.lineLength(core(full + "x")).count == 1)
    }

    @Test(arguments: [
        "    public mutating func step(\n        _ x: Int\n    ) throws(E)\n    where T: P {",
        "    init(x: Int) {", "    init?(x: Int) {", "    private var body: [Int] {",
        "    deinit {",
        "    @inline(never) static func f<T>(_ x: T) {",
    ])
    func functionsMayBeFull(head: String) {
        let headLines = head.split(separator: "\n").count
        let body = String(
            repeating: "        x()\n\n", count: (ShapeChecks.functionLinesMax - headLines - 1) / 2)
        let full = "struct S {\n" + head + "\n" + body + "    }\n}\n"
        let over = "struct S {\n" + head + "\n" + body + body + "    }\n}\n"
        #expect(ShapeChecks.functionLength(core(full)).isEmpty)
        #expect(ShapeChecks.functionLength(core(over)).map(\.line) == [2])
    }

    @Test func requirementsHaveNoBody() {
        let text = "protocol P {\n    func a()\n    func b(\n        x: Int\n    ) -> Int\n"
        let rest = String(repeating: "    var c: Int { get }\n", count: 80) + "}\n"
        #expect(ShapeChecks.functionLength(core(text + rest)).isEmpty)
    }

    @Test func leftoversAreSeen() {
        let word = "TO" + "DO"
        #expect(ShapeChecks.leftovers(core("// \(word): later")).count == 1)
        #expect(ShapeChecks.leftovers(core("let \(word)List = 1")).isEmpty)
    }

    @Test func pathsOfMachinesAreSeen() {
        #expect(ShapeChecks.foreignPaths(core("let a = \"/" + "home/ada/x\"")).count == 1)
        #expect(ShapeChecks.foreignPaths(core("#!/usr/bin/env bash")).isEmpty)
    }

    @Test func titlesAreCounted() {
        func titles(_ text: String) -> Int {
            DocumentChecks.oneTitle(SourceFile(path: "docs/a.md", text: text)).count
        }
        #expect(titles("# One\n\ntext\n") == 0)
        #expect(titles("# One\n```sh\n# a comment\n```\n## Two\n") == 0)
        #expect(titles("# One\n# Two\n") == 1)
        #expect(titles("text\n# One\n") == 1)
        #expect(titles("text\n") == 1)
    }

    @Test func mapMustName() {
        let map = SourceFile(
            path: "docs/architecture.md", text: "| Core | `Ledger` | `Batches/` | what |\n")
        let named = ["Sources/Core", "Sources/Core/Ledger", "Sources/Core/Ledger/Batches"]
        #expect(DocumentChecks.map(map, folders: named).isEmpty)
        let missing = ["Sources/Shell", "Sources/Core/Proofs", "Sources/Core/Ledger/Other"]
        #expect(DocumentChecks.map(map, folders: missing).count == 3)
    }
}
