// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

/// Rooms of Custos that benchmarks call directly; nodes are measured as processes.
let rooms = [
    "Primitives", "Cryptography", "Records", "Consensus", "Ledger", "Proofs", "Transport",
    "Storage", "Sealing", "Node", "Interop", "RuleLanguage", "RuleEngine", "RuleSource",
    "Synthesis", "Batch",
]

let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "custos", path: "..")],
    targets: [
        .executableTarget(
            name: "bench",
            dependencies: rooms.map { .product(name: $0, package: "custos") }
                + [.product(name: "custos", package: "custos")],
            path: "Sources/Bench", swiftSettings: settings)
    ]
)
