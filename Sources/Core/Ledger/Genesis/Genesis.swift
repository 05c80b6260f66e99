internal import Consensus
internal import Cryptography
public import Primitives

/// Who founds a ledger, under which rules: its bytes give the ledger its id.
public struct Genesis: Hashable, Sendable {
    /// For people, 1 to 64 bytes.
    public let name: String
    /// The time of the empty block 0.
    public let start: Timestamp
    /// Institutions, parameters, rules and policy, found fit.
    public let charter: Charter
    /// The hash of the last header of the ledger that this one succeeds.
    public let succeeds: Digest?
    /// The id of the ledger: SHA-256 of the genesis bytes.
    public let ledger: LedgerID

    /// The longest name, in bytes.
    public static let nameByteCountMax = 64
    /// The most institutions.
    public static let institutionCountMax = 1_024
    /// The most rules.
    public static let ruleCountMax = 4_096
    /// The most power of all institutions together; consensus counts in 64 bits.
    public static let powerMax: UInt64 = 1 << 30
    /// The most institutions with power above 0.
    public static let validatorCountMax = 256

    /// A genesis of these parts; institutions and rules may come in any order.
    ///
    /// - Throws: ``LedgerError/genesis(_:)`` where a ledger could not run on it.
    public init(
        name: String, start: Timestamp, institutions: [Institution], parameters: Parameters,
        rules: [RuleVersion] = [], policy: GovernancePolicy = .standard, succeeds: Digest? = nil
    ) throws(LedgerError) {
        guard (1...Genesis.nameByteCountMax).contains(name.utf8.count) else {
            throw .genesis("the name has \(name.utf8.count) bytes; 1 to 64 are right")
        }
        self.name = name
        self.start = start
        self.succeeds = succeeds
        do throws(Charter.Problem) {
            charter = try Charter(
                institutions: institutions.sorted { $0.id < $1.id }, parameters: parameters,
                rules: rules.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) },
                policy: policy)
        } catch {
            throw .genesis(error.reason)
        }
        ledger = LedgerID(
            SHA256.hash(
                Genesis.encode(name: name, start: start, charter: charter, succeeds: succeeds)))
    }

    /// By id, increasing.
    public var institutions: [Institution] { charter.institutions }
    public var parameters: Parameters { charter.parameters }
    /// By id, increasing.
    public var rules: [RuleVersion] { charter.rules }
    public var policy: GovernancePolicy { charter.policy }
    /// Digest of the validator set that votes on the first block.
    public var validatorsDigest: Digest { charter.validators.digest }
    /// Digest of the rules and parameters that are active from the start.
    public var activeDigest: Digest { charter.activeDigest }
}

extension Genesis {
    /// The genesis bytes.
    public func encode() -> [UInt8] {
        Genesis.encode(name: name, start: start, charter: charter, succeeds: succeeds)
    }

    private static func encode(
        name: String, start: Timestamp, charter: Charter, succeeds: Digest?
    ) -> [UInt8] {
        let isStandard = charter.policy == .standard
        var writer = CBORWriter(reservingCapacity: 256 + 512 * charter.institutions.count)
        writer.map(6 + (succeeds == nil ? 0 : 1) + (isStandard ? 0 : 1))
        writer.unsigned(0)
        writer.unsigned(1)
        writer.unsigned(1)
        writer.text(name)
        writer.unsigned(2)
        writer.integer(start.milliseconds)
        writer.unsigned(3)
        writer.array(charter.institutions.count)
        for institution in charter.institutions { institution.encode(into: &writer) }
        writer.unsigned(4)
        charter.parameters.encode(into: &writer)
        writer.unsigned(5)
        writer.array(charter.rules.count)
        for rule in charter.rules { rule.encode(into: &writer) }
        if let succeeds {
            writer.unsigned(6)
            writer.digest(succeeds)
        }
        if !isStandard {
            writer.unsigned(7)
            charter.policy.encode(into: &writer)
        }
        return writer.bytes
    }

    /// Reads a genesis from exactly these bytes, and checks that a ledger can run on it.
    public static func decode(_ bytes: [UInt8]) throws(LedgerError) -> Genesis {
        let parts = try reading("genesis", bytes[...]) { reader throws(CBORError) in
            try Parts(from: &reader)
        }
        let genesis = try Genesis(
            name: parts.name, start: parts.start, institutions: parts.institutions,
            parameters: parts.parameters, rules: parts.rules, policy: parts.policy ?? .standard,
            succeeds: parts.succeeds)
        // What sorting and leaving out would hide: there is one form of each genesis only.
        guard genesis.institutions == parts.institutions, genesis.rules == parts.rules else {
            throw .genesis("institutions and rules must stand in increasing order of id")
        }
        guard parts.policy != .standard else {
            throw .genesis("the policy that holds without one must be left out")
        }
        return genesis
    }

    private struct Parts {
        let name: String
        let start: Timestamp
        let institutions: [Institution]
        let parameters: Parameters
        let rules: [RuleVersion]
        var succeeds: Digest?
        var policy: GovernancePolicy?

        init(from reader: inout CBORReader) throws(CBORError) {
            let pairs = try reader.map(atMost: 8)
            guard pairs >= 6 else { throw .key(offset: 0, key: UInt64(pairs), problem: .missing) }
            try reader.key(0)
            try reader.version(1)
            try reader.key(1)
            name = try reader.text(1...Genesis.nameByteCountMax)
            try reader.key(2)
            start = try reader.timestamp()
            try reader.key(3)
            var institutions: [Institution] = []
            for _ in 0..<(try reader.array(atMost: Genesis.institutionCountMax)) {
                institutions.append(try Institution(from: &reader))
            }
            try reader.key(4)
            parameters = try Parameters(from: &reader)
            try reader.key(5)
            var rules: [RuleVersion] = []
            for _ in 0..<(try reader.array(atMost: Genesis.ruleCountMax)) {
                rules.append(try RuleVersion(from: &reader))
            }
            self.institutions = institutions
            self.rules = rules
            var previous: UInt64 = 5
            for _ in 6..<pairs {
                let start = reader.offset
                let key = try reader.unsigned()
                guard key > previous else { throw .keyOutOfOrder(offset: start) }
                previous = key
                switch key {
                case 6: succeeds = try reader.digest()
                case 7: policy = try GovernancePolicy(from: &reader)
                default: throw .key(offset: start, key: key, problem: .unknown)
                }
            }
        }
    }
}
