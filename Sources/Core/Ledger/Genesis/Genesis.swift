internal import Cryptography
public import Primitives

/// Who founds a ledger, under which rules: its bytes give the ledger its id.
public struct Genesis: Hashable, Sendable {
    /// For people, 1 to 64 bytes.
    public let name: String
    /// The time of the empty block 0.
    public let start: Timestamp
    /// By id, increasing.
    public let institutions: [Institution]
    public let parameters: Parameters
    /// By id, increasing.
    public let rules: [RuleVersion]
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
        rules: [RuleVersion] = [], succeeds: Digest? = nil
    ) throws(LedgerError) {
        self.name = name
        self.start = start
        self.institutions = institutions.sorted { $0.id < $1.id }
        self.parameters = parameters
        self.rules = rules.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
        self.succeeds = succeeds
        self.ledger = LedgerID(
            SHA256.hash(
                Genesis.encode(
                    name: name, start: start, institutions: self.institutions,
                    parameters: parameters, rules: self.rules, succeeds: succeeds)))
        try check()
    }

    private func check() throws(LedgerError) {
        guard (1...Genesis.nameByteCountMax).contains(name.utf8.count) else {
            throw .genesis("the name has \(name.utf8.count) bytes; 1 to 64 are right")
        }
        guard (1...Genesis.institutionCountMax).contains(institutions.count) else {
            throw .genesis("\(institutions.count) institutions; 1 to 1024 are right")
        }
        if let problem = parameters.problem { throw .genesis(problem) }
        try checkInstitutions()
        try checkRules()
    }

    private func checkInstitutions() throws(LedgerError) {
        var voters: Set<PublicKey> = []
        for (index, institution) in institutions.enumerated() {
            let id = institution.id
            if index > 0, institutions[index - 1].id == id {
                throw .genesis("institution \(id) stands twice")
            }
            guard (1...Institution.nameByteCountMax).contains(institution.name.utf8.count) else {
                throw .genesis("the name of \(id) must have 1 to 128 bytes")
            }
            let streams = institution.submitKeys.map(\.stream)
            guard zip(streams, streams.dropFirst()).allSatisfy({ $0 < $1 }) else {
                throw .genesis("the streams of \(id) must increase")
            }
            if let key = institution.consensusKey, !voters.insert(key).inserted {
                throw .genesis("the consensus key of \(id) is another institution's too")
            }
            if institution.power > 0, institution.consensusKey == nil {
                throw .genesis("\(id) has voting power and no consensus key")
            }
            let keys = [institution.sealKey, institution.witnessKey].compactMap(\.self)
            guard keys.allSatisfy({ $0.count == Institution.curve25519ByteCount }) else {
                throw .genesis("a seal or witness key of \(id) does not have 32 bytes")
            }
        }
        let powers = institutions.map(\.power).filter { $0 > 0 }
        guard (1...Genesis.validatorCountMax).contains(powers.count) else {
            throw .genesis("\(powers.count) institutions have voting power; 1 to 256 are right")
        }
        guard powers.allSatisfy({ $0 <= Genesis.powerMax }),
            powers.reduce(0, +) <= Genesis.powerMax
        else {
            throw .genesis("the powers add up to more than 2^30")
        }
    }

    private func checkRules() throws(LedgerError) {
        guard rules.count <= Genesis.ruleCountMax else {
            throw .genesis("\(rules.count) rules; at most 4096 are right")
        }
        for (index, rule) in rules.enumerated() {
            if index > 0, rules[index - 1].id == rule.id {
                throw .genesis("rule \(rule.id) stands twice")
            }
            guard !rule.runners.isEmpty else {
                throw .genesis("nobody runs rule \(rule.id)")
            }
            for runner in rule.runners where !institutions.contains(where: { $0.id == runner }) {
                throw .genesis("rule \(rule.id) is run by \(runner), which is no institution here")
            }
        }
    }
}

extension Genesis {
    /// The genesis bytes.
    public func encode() -> [UInt8] {
        Genesis.encode(
            name: name, start: start, institutions: institutions, parameters: parameters,
            rules: rules, succeeds: succeeds)
    }

    private static func encode(
        name: String, start: Timestamp, institutions: [Institution], parameters: Parameters,
        rules: [RuleVersion], succeeds: Digest?
    ) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 256 + 512 * institutions.count)
        writer.map(succeeds == nil ? 6 : 7)
        writer.unsigned(0)
        writer.unsigned(1)
        writer.unsigned(1)
        writer.text(name)
        writer.unsigned(2)
        writer.integer(start.milliseconds)
        writer.unsigned(3)
        writer.array(institutions.count)
        for institution in institutions { institution.encode(into: &writer) }
        writer.unsigned(4)
        parameters.encode(into: &writer)
        writer.unsigned(5)
        writer.array(rules.count)
        for rule in rules { rule.encode(into: &writer) }
        if let succeeds {
            writer.unsigned(6)
            writer.digest(succeeds)
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
            parameters: parts.parameters, rules: parts.rules, succeeds: parts.succeeds)
        // The one thing that sorting would hide: the bytes must stand in order themselves.
        guard genesis.institutions == parts.institutions, genesis.rules == parts.rules else {
            throw .genesis("institutions and rules must stand in increasing order of id")
        }
        return genesis
    }

    private struct Parts {
        let name: String
        let start: Timestamp
        let institutions: [Institution]
        let parameters: Parameters
        let rules: [RuleVersion]
        let succeeds: Digest?

        init(from reader: inout CBORReader) throws(CBORError) {
            let pairs = try reader.map(atMost: 7)
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
            if pairs == 7 {
                try reader.key(6)
                succeeds = try reader.digest()
            } else {
                succeeds = nil
            }
            self.institutions = institutions
            self.rules = rules
        }
    }
}
