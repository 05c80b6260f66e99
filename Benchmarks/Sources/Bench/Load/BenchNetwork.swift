internal import Consensus
internal import Cryptography
internal import Ledger
internal import Primitives
internal import Records

/// The network that benchmarks run on: some validators, four where nothing else is said, among 100
/// institutions.
///
/// Keys follow from names, so that every process of a benchmark has the same.
struct BenchNetwork {
    static let validators = ["city-hospital", "county-hospital", "insurer", "regulator"]
    static let institutionCount = 100
    /// The first institution that hands in batches; those before it may be validators.
    static let firstSubmitter = 20

    let genesis: Genesis

    /// A network in which the validators have these pins, where nodes are to run.
    init(isIndexKept: Bool, validatorCount: Int = 4, pins: [String: Digest] = [:]) throws {
        var parameters = Parameters.standard
        parameters.isIndexKept = isIndexKept
        // Load is signed before the ledger starts, so it must not expire on the way.
        parameters.batchHeightsMax = 1_000_000
        var institutions: [Institution] = []
        for index in 0..<Self.institutionCount {
            let name = Self.name(index)
            let isValidator = index < validatorCount
            institutions.append(
                Institution(
                    id: try Self.id(name), name: name, kind: .hospital, tier: .county,
                    power: isValidator ? 1 : 0,
                    submitKeys: [
                        Institution.SubmitKey(
                            stream: StreamID(0), key: try Self.key("submit", name).publicKey)
                    ],
                    consensusKey: isValidator
                        ? try Self.key("consensus", name).publicKey : nil,
                    tlsPin: pins[name]))
        }
        genesis = try Genesis(
            name: "bench", start: Timestamp(milliseconds: 1_790_000_000_000),
            institutions: institutions, parameters: parameters)
    }

    static func name(_ index: Int) -> String {
        index < validators.count ? validators[index] : "institution-\(index)"
    }

    static func id(_ name: String) throws -> InstitutionID {
        guard let id = InstitutionID(name) else { throw BenchError("\(name) is no id") }
        return id
    }

    static func key(_ role: String, _ name: String) throws -> SigningKey {
        try SigningKey(secret: secret(role, name))
    }

    static func secret(_ role: String, _ name: String) -> [UInt8] {
        SHA256.hash(Array("bench \(role) \(name)".utf8)).bytes
    }
}

/// Why a benchmark cannot be run.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
