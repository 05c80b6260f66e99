import Consensus
import Cryptography
import Hosting
import Ledger
import Primitives
import Records

/// The founders of a ledger for tests, with keys that follow from their names.
struct Region: Sendable {
    let genesis: Genesis

    static let names = ["city-hospital", "county-hospital", "insurer", "regulator"]
    static let start = Timestamp(milliseconds: 1_790_000_000_000)
    static let stream = StreamID(0)

    init(succeeds: Digest? = nil, _ bend: (inout Parameters) -> Void = { _ in }) throws {
        var parameters = Parameters(
            timeoutProposeMilliseconds: 300, timeoutVoteMilliseconds: 100,
            timeoutGrowthMilliseconds: 50, timeoutCapMilliseconds: 500,
            clockPrecisionMilliseconds: 50, messageDelayMilliseconds: 400,
            blockEntryCountMax: 64, blockByteCountMax: 65_536, heartbeatMilliseconds: 2_000,
            batchHeightsMax: 200, isIndexKept: true)
        bend(&parameters)
        genesis = try Genesis(
            name: "test region", start: Region.start,
            institutions: try Region.names.map { name in
                Institution(
                    id: Region.id(name), name: name, kind: .hospital, tier: .county, power: 1,
                    submitKeys: [
                        Institution.SubmitKey(
                            stream: Region.stream,
                            key: try Region.key("\(name) submit").publicKey)
                    ], consensusKey: try Region.key("\(name) consensus").publicKey,
                    governKeys: [try Region.key("\(name) govern").publicKey])
            }, parameters: parameters, succeeds: succeeds)
    }

    static func id(_ name: String) -> InstitutionID {
        guard let id = InstitutionID(name) else { preconditionFailure("\(name) is no id") }
        return id
    }

    static func key(_ label: String) throws -> SigningKey {
        try SigningKey(secret: SHA256.hash([UInt8](label.utf8)).bytes)
    }

    /// The seat of a member: its host on this state.
    func host(
        _ name: String, state: LedgerState? = nil, headCommit: CommitProof? = nil,
        signed: SignedState? = nil, log: [HostRecord] = [], kept: [EvidenceBody] = [],
        consensusKey: String? = nil, signsFrom: Height? = nil, hasLostDisk: Bool = false,
        joins: Bool = false, joinTrust: ValidatorSet? = nil
    ) throws -> Host {
        try Host(
            identity: Region.id(name), state: state ?? LedgerState(genesis: genesis),
            headCommit: headCommit,
            authenticator: KeyAuthenticator(
                key: try Region.key(consensusKey ?? "\(name) consensus")),
            signed: signed, log: log, signsFrom: signsFrom ?? .genesis, kept: kept,
            joins: joins, joinTrust: joinTrust, hasLostDisk: hasLostDisk)
    }

    /// An access, so small that many of them fit a test; `salt` tells two of one number apart.
    static func entry(_ issuer: String, _ number: UInt64, salt: String = "") -> [UInt8] {
        let label = [UInt8]("\(issuer) \(number) \(salt)".utf8)
        return Entry(
            kind: .access, issuer: id(issuer), stream: stream, number: number, eventTime: start,
            subjects: [.patient(OpaqueID(prefixOf: SHA256.hash(label)))],
            commitment: SHA256.hash(label), sealedPayload: SHA256.hash(label),
            recipients: [id("regulator")],
            access: AccessHeader(
                action: .read, purpose: .treatment, basis: .relationship, outcome: .success)
        ).encode()
    }

    /// The bytes of a batch of entries that begin with this number.
    func batch(
        _ issuer: String, first: UInt64, entries: [[UInt8]], expiry: Height = Height(100)
    ) throws -> [UInt8] {
        BatchWriter.batch(
            of: entries, ledger: genesis.ledger, issuer: Region.id(issuer),
            stream: Region.stream, firstNumber: first, expiry: expiry,
            signedBy: try Region.key("\(issuer) submit"))
    }
}
