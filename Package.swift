// swift-tools-version: 6.2
import PackageDescription

// Settings stand first: a manifest runs from top to bottom, and a global read too early is empty.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let http: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let tls: [Target.Dependency] = [
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
    .product(name: "X509", package: "swift-certificates"),
    .product(name: "SwiftASN1", package: "swift-asn1"),
]
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let tracing: Target.Dependency = .product(name: "Tracing", package: "swift-distributed-tracing")
let inMemoryTracing: Target.Dependency = .product(
    name: "InMemoryTracing", package: "swift-distributed-tracing")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let arguments: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")

/// What the tests of several rooms share.
let testSupport = Target.target(
    name: "TestSupport", dependencies: ["Primitives"], path: "Tests/TestSupport",
    swiftSettings: settings)

/// What strangers send: lies about answers, and statements of third parties.
let strangers = Target.target(
    name: "Strangers",
    dependencies: ["Primitives", "Cryptography", "Consensus", "Ledger", "Proofs"],
    path: "Tests/Strangers", swiftSettings: settings)

/// Rules and tables that are no more than a test of what runs them needs.
let sampleRules = Target.target(
    name: "SampleRules", dependencies: ["RuleLanguage", "RuleEngine"], path: "Tests/SampleRules",
    swiftSettings: settings)

let doors: Set<String> = ["CSecp256k1", "COpenSSL", "CSHA256", "CCRC32C", "CPrefetch", "CLevelDB"]

// MARK: - Rooms, from the ground up. A target may depend only on targets above it in this list.

let rooms: [Room] = [
    // System: doors to C. Each is imported by exactly one Swift target.
    .door("CSecp256k1", apt: "libsecp256k1-dev"),
    .door("COpenSSL", apt: "libssl-dev"),
    .door("CSHA256"),
    .door("CCRC32C"),
    .door("CPrefetch"),
    .door("CLevelDB", apt: "libleveldb-dev", hasCode: true),

    // Core: pure and deterministic. No clock, no randomness, no disk, no sockets.
    .core("Primitives", ["CPrefetch"]),
    .core("Cryptography", ["Primitives", "CSecp256k1", "COpenSSL", "CSHA256"]),
    .core("Tiles", ["Primitives", "Cryptography"]),
    .core("Records", ["Primitives"]),
    .core("RuleLanguage", ["Primitives", "Cryptography"]),
    .core("Consensus", ["Primitives", "Cryptography"], testData: ["Transcripts"]),
    .core(
        "Ledger",
        ["Primitives", "Cryptography", "Records", "RuleLanguage", "Consensus"]),
    .core("RuleEngine", ["Primitives", "Cryptography", "Records", "RuleLanguage"]),
    .core(
        "Proofs",
        ["Primitives", "Cryptography", "Records", "Consensus", "Ledger"], testNeeds: ["Strangers"]),
    .core(
        "Findings",
        [
            "Primitives", "Cryptography", "Records", "RuleLanguage", "RuleEngine", "Consensus",
            "Ledger", "Proofs",
        ]),
    .core("Hosting", ["Primitives", "Cryptography", "Records", "Consensus", "Ledger"]),

    // Shell: everything that touches the world.
    .shell("Storage", ["Primitives", "CCRC32C", "CLevelDB"]),
    .shell("Transport", ["Primitives", "Cryptography"], nio + tls + [crypto, log]),
    .shell("Sealing", ["Primitives", "Cryptography", "Records", "Storage"], [crypto]),
    .shell(
        "Supervision",
        [
            "Primitives", "Cryptography", "Records", "RuleLanguage", "RuleEngine", "Ledger",
            "Proofs", "Findings", "Storage", "Sealing",
        ], testNeeds: ["SampleRules"]),
    .shell(
        "Node",
        [
            "Primitives", "Cryptography", "Records", "RuleLanguage", "RuleEngine", "Consensus",
            "Ledger", "Proofs", "Findings", "Hosting", "Storage", "Transport", "Sealing",
            "Supervision",
        ], nio + [log, tracing], testNeeds: ["SampleRules"], testProducts: [inMemoryTracing]),

    // Tools: text and foreign formats into what Core knows.
    .tool(
        "RuleSource", ["Primitives", "Cryptography", "Records", "RuleLanguage", "RuleEngine"],
        [yams]),
    .tool("Interop", ["Primitives", "Records"]),
    .tool(
        "Batch",
        [
            "Primitives", "Cryptography", "Records", "RuleLanguage", "RuleEngine", "RuleSource",
            "Interop",
        ]),
    .tool(
        "Simulator",
        [
            "Primitives", "Cryptography", "Records", "RuleLanguage", "RuleEngine", "Consensus",
            "Ledger", "Proofs", "Hosting",
        ]),
    .tool("Synthesis", ["Primitives"]),

    // Apps: parsing and printing only.
    .app(
        "API",
        [
            "Primitives", "Cryptography", "Tiles", "Records", "RuleLanguage", "Ledger",
            "Findings", "Storage", "Transport", "Sealing", "Supervision", "Node", "Interop",
        ], nio + [http, log], testNeeds: ["SampleRules", "Strangers"]),
    .app(
        "CLI", command: "custos",
        [
            "Primitives", "Cryptography", "Tiles", "Records", "RuleLanguage", "RuleEngine",
            "Consensus", "Ledger", "Proofs", "Findings", "Hosting", "Storage", "Transport",
            "Sealing", "Supervision", "Node", "RuleSource", "Interop", "Batch", "Simulator",
            "Synthesis", "API",
        ], [arguments, log, yams], testNeeds: ["SampleRules", "Strangers"]),

    // The house itself: tests that read the sources instead of running them.
    .house("Tidy"),
]

// `CUSTOS_ROOMS=Proofs,Ledger swift test` builds those rooms, what they stand on, and their tests.
let wanted = Room.selected(from: rooms, names: Context.environment["CUSTOS_ROOMS"])

let package = Package(
    name: "custos",
    // Libraries for the nested package of benchmarks only: nobody else is promised them.
    products: wanted.flatMap(\.products),
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: wanted.flatMap(\.targets)
        + (wanted.contains { $0.name == "Primitives" } ? [testSupport] : [])
        + (wanted.contains { $0.name == "Proofs" } ? [strangers] : [])
        + (wanted.contains { $0.name == "RuleEngine" } ? [sampleRules] : [])
)

// MARK: - How a room becomes targets

/// A target, the tier folder it lies in, and its mirrored tests where there are any.
struct Room {
    let name: String
    let needs: [String]
    let targets: [Target]
    var products: [Product] = []

    /// A door to C of our own.
    static func door(_ name: String) -> Room {
        let code = Target.target(name: name, path: "Sources/System/\(name)")
        return Room(name: name, needs: [], targets: [code])
    }

    /// A door to a library; `hasCode` where it has more behind it than a header.
    static func door(_ name: String, apt package: String, hasCode: Bool = false) -> Room {
        let path = "Sources/System/\(name)"
        let library = Target.systemLibrary(name: name, path: path, providers: [.apt([package])])
        // LevelDB is built without run-time type information, and what derives from it must be.
        let code = Target.target(
            name: name, path: path, cxxSettings: [.unsafeFlags(["-fno-rtti"])])
        return Room(name: name, needs: [], targets: [hasCode ? code : library])
    }

    static func core(
        _ name: String, _ needs: [String] = [], testData: [String] = [],
        testNeeds: [String] = []
    ) -> Room {
        library("Core", name, needs, [], testData, testNeeds)
    }

    static func shell(
        _ name: String, _ needs: [String], _ products: [Target.Dependency] = [],
        testNeeds: [String] = [], testProducts: [Target.Dependency] = []
    ) -> Room {
        library("Shell", name, needs, products, [], testNeeds, testProducts)
    }

    static func tool(
        _ name: String, _ needs: [String], _ products: [Target.Dependency] = []
    ) -> Room {
        library("Tools", name, needs, products)
    }

    static func app(
        _ name: String, _ needs: [String], _ products: [Target.Dependency],
        testNeeds: [String] = []
    ) -> Room {
        library("Apps", name, needs, products, [], testNeeds)
    }

    static func app(
        _ name: String, command: String, _ needs: [String], _ products: [Target.Dependency],
        testNeeds: [String] = []
    ) -> Room {
        let executable = Target.executableTarget(
            name: command, dependencies: needs.map { .byName(name: $0) } + products,
            path: "Sources/Apps/\(name)", swiftSettings: settings)
        return Room(
            name: name, needs: needs,
            targets: [executable] + tests("Apps", name, [command] + needs + testNeeds, products),
            products: [.executable(name: command, targets: [command])])
    }

    static func house(_ name: String) -> Room {
        Room(
            name: name, needs: [],
            targets: [
                .testTarget(
                    name: "\(name)Tests", path: "Tests/\(name)Tests", swiftSettings: settings)
            ])
    }

    private static func library(
        _ tier: String, _ name: String, _ needs: [String], _ products: [Target.Dependency],
        _ testData: [String] = [], _ testNeeds: [String] = [],
        _ testProducts: [Target.Dependency] = []
    ) -> Room {
        let library = Target.target(
            name: name, dependencies: needs.map { .byName(name: $0) } + products,
            path: "Sources/\(tier)/\(name)", swiftSettings: settings)
        return Room(
            name: name, needs: needs,
            targets: [library]
                + tests(
                    tier, name, [name] + needs + testNeeds, products + testProducts, testData),
            products: [.library(name: name, targets: [name])])
    }

    /// The mirrored test target, `Tests/<tier>/<name>Tests`; C doors are not for tests to open.
    ///
    /// `data` are folders of files that the tests read from where they lie.
    private static func tests(
        _ tier: String, _ name: String, _ needs: [String], _ products: [Target.Dependency],
        _ data: [String] = []
    ) -> [Target] {
        let swift = needs.filter { !doors.contains($0) }
        return [
            .testTarget(
                name: "\(name)Tests",
                dependencies: swift.map { .byName(name: $0) } + ["TestSupport"] + products,
                path: "Tests/\(tier)/\(name)Tests", exclude: data, swiftSettings: settings)
        ]
    }

    /// The rooms named in `names` (a comma-separated list), with all they stand on, or all rooms.
    static func selected(from rooms: [Room], names: String?) -> [Room] {
        guard let names, !names.isEmpty else { return rooms }
        var wanted = Set(names.split(separator: ",").map(String.init))
        for room in rooms.reversed() where wanted.contains(room.name) {
            wanted.formUnion(room.needs)
        }
        return rooms.filter { wanted.contains($0.name) }
    }
}
