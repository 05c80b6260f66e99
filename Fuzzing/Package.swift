// swift-tools-version: 6.2
import PackageDescription

/// Rooms whose decoders are fuzzed; those that need sockets, files or HPKE are left to
/// `DecoderTests`.
let rooms = [
    "Primitives", "Cryptography", "Tiles", "Records", "RuleLanguage", "Consensus", "Ledger",
    "RuleEngine", "Proofs", "Findings", "Hosting", "Storage", "RuleSource", "Interop",
]

let package = Package(
    name: "fuzzing",
    dependencies: [.package(name: "custos", path: "..")],
    targets: [
        .executableTarget(
            name: "Fuzz", dependencies: rooms.map { .product(name: $0, package: "custos") },
            path: "Sources/Fuzz", swiftSettings: [.swiftLanguageMode(.v6)])
    ]
)
