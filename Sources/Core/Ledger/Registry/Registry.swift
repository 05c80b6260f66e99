internal import Cryptography
public import Primitives
internal import Records

/// Who the institutions are, what they agreed on, and the credentials of their staff.
struct Registry: Sendable {
    /// By id, increasing.
    let institutions: [Institution]
    let parameters: Parameters
    /// By id, increasing.
    let rules: [RuleVersion]
    private(set) var credentials: [OpaqueID: RegisteredCredential]
    /// SHA-256 of the validator set's bytes.
    let validatorsDigest: Digest
    /// SHA-256 of the bytes of active rules and parameters.
    let activeDigest: Digest
    private let indexOf: [InstitutionID: Int]

    init(
        institutions: [Institution], parameters: Parameters, rules: [RuleVersion],
        credentials: [OpaqueID: RegisteredCredential] = [:]
    ) {
        self.institutions = institutions
        self.parameters = parameters
        self.rules = rules
        self.credentials = credentials
        validatorsDigest = SHA256.hash(Registry.validatorSet(of: institutions))
        activeDigest = SHA256.hash(Registry.active(parameters, rules))
        indexOf = Dictionary(
            institutions.enumerated().map { ($0.element.id, $0.offset) }
        ) { first, _ in first }
    }

    init(_ genesis: Genesis) {
        self.init(
            institutions: genesis.institutions, parameters: genesis.parameters,
            rules: genesis.rules)
    }

    func institution(_ id: InstitutionID) -> Institution? {
        indexOf[id].map { institutions[$0] }
    }

    mutating func register(_ credential: RegisteredCredential) {
        credentials[credential.body.credential] = credential
    }

    /// `[+ [institution-id, public-key, uint]]` of every institution with power, by id.
    static func validatorSet(of institutions: [Institution]) -> [UInt8] {
        let voters = institutions.filter { $0.power > 0 }
        var writer = CBORWriter(reservingCapacity: 3 + 80 * voters.count)
        writer.array(voters.count)
        for voter in voters {
            guard let key = voter.consensusKey else { continue }
            writer.array(3)
            writer.institution(voter.id)
            writer.publicKey(key)
            writer.unsigned(voter.power)
        }
        return writer.bytes
    }

    /// `[parameters, [* [tstr, digest]]]`.
    static func active(_ parameters: Parameters, _ rules: [RuleVersion]) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 80 + 70 * rules.count)
        writer.array(2)
        parameters.encode(into: &writer)
        writer.array(rules.count)
        for rule in rules {
            writer.array(2)
            writer.text(rule.id)
            writer.digest(rule.hash)
        }
        return writer.bytes
    }
}

extension Genesis {
    /// Digest of the validator set that votes on the first block.
    public var validatorsDigest: Digest {
        SHA256.hash(Registry.validatorSet(of: institutions))
    }

    /// Digest of the rules and parameters that are active from the start.
    public var activeDigest: Digest {
        SHA256.hash(Registry.active(parameters, rules))
    }
}
