import Testing

@Suite("The arrow checks")
struct ArrowCheckTests {
    private let manifest = Manifest(
        """
        let log: Target.Dependency = .product(
            name: "Logging", package: "swift-log")
        let tls: [Target.Dependency] = [
            .product(name: "NIOSSL", package: "swift-nio-ssl"),
            .product(name: "X509", package: "swift-certificates"),
        ]
        let rooms: [Room] = [
            // Core: .core("NotARoom")
            .door("CThing", apt: "libthing-dev"),
            .core("Base"),
            .core("Ledger", ["Base", "CThing"], testData: ["Scenes"]),
            .shell(
                "Transport",
                [
                    "Base",
                ], tls + [log]),
            .tool("Text", ["Base"]),
            .app("CLI", command: "thing", ["Base", "Transport"], [log]),
        ]
        let package = Package(name: "x")
        """)

    private func complaints(_ path: String, _ text: String) -> Int {
        ArrowChecks(manifest: manifest).imports(SourceFile(path: path, text: text)).count
    }

    @Test func readsTheManifest() {
        #expect(
            manifest.rooms == [
                .init(tier: "System", name: "CThing", needs: [], modules: []),
                .init(tier: "Core", name: "Base", needs: [], modules: []),
                .init(tier: "Core", name: "Ledger", needs: ["Base", "CThing"], modules: []),
                .init(
                    tier: "Shell", name: "Transport", needs: ["Base"],
                    modules: ["Logging", "NIOSSL", "X509"]),
                .init(tier: "Tools", name: "Text", needs: ["Base"], modules: []),
                .init(
                    tier: "Apps", name: "CLI", needs: ["Base", "Transport"], modules: ["Logging"]),
            ])
        #expect(ArrowChecks(manifest: manifest).manifestOrder().isEmpty)
    }

    @Test(arguments: [
        (".core(\"Low\", [\"High\"]),\n.core(\"High\")", 1),
        (".shell(\"Disk\"),\n.core(\"Rule\", [\"Disk\"])", 1),
        (".tool(\"Text\"),\n.shell(\"Disk\", [\"Text\"])", 1),
        (".shell(\"Disk\"),\n.tool(\"Text\", [\"Disk\"])", 1),
        (".core(\"A\"),\n.core(\"B\", [\"A\"]),\n.shell(\"C\", [\"A\", \"B\"])", 0),
    ])
    func arrowsPointDown(rooms: String, count: Int) {
        let manifest = Manifest("let rooms: [Room] = [\n\(rooms),\n]\nlet x = 1")
        #expect(ArrowChecks(manifest: manifest).manifestOrder().count == count)
    }

    @Test func importsMustBeNamed() {
        let ledger = "Sources/Core/Ledger/A.swift"
        #expect(complaints(ledger, "internal import Base\ninternal import CThing") == 0)
        #expect(complaints(ledger, "public import Transport") == 1)
        #expect(complaints(ledger, "@testable import Text") == 1)
        #expect(complaints("Sources/Shell/Transport/A.swift", "import NIOSSL\nimport Base") == 0)
        #expect(complaints("Sources/Shell/Transport/A.swift", "import Ledger") == 1)
        #expect(complaints("Sources/Core/Unknown/A.swift", "") == 1)
        #expect(complaints("Sources/Shell/Ledger/A.swift", "") == 1)
    }

    @Test func doorsHaveOneOwner() {
        let checks = ArrowChecks(manifest: manifest)
        func opening(_ path: String) -> SourceFile {
            SourceFile(path: path, text: "internal import CThing")
        }
        let ledger = opening("Sources/Core/Ledger/A.swift")
        #expect(checks.doors([ledger, opening("Sources/Core/Ledger/Deep/B.swift")]).isEmpty)
        #expect(checks.doors([ledger, opening("Sources/Core/Base/B.swift")]).count == 1)
        #expect(checks.doors([opening("Tests/Core/LedgerTests/A.swift")]).count == 1)
    }
}
