import Cryptography
import Ledger
import Primitives
import Records
import Sealing
import Storage
import Supervision

/// A few institutions with their supervisors, and a ledger that commits whatever it is given.
final class Region {
    let folder: Folder
    let ledger: LedgerID
    let members: Members
    let genesis: Genesis
    private(set) var header: BlockHeader?
    /// Every entry that was committed, in order.
    private(set) var log: [CommittedBlock] = []

    private let sealKeys: [InstitutionID: SealSecretKey]
    private var nextNumbers: [InstitutionID: UInt64] = [:]
    private var nodes: [InstitutionID: Supervisor] = [:]

    static let hospital = id("county-hospital")
    static let insurer = id("insurer")
    static let pharmacy = id("pharmacy")
    static let regulator = id("regulator")
    static let all = [hospital, insurer, pharmacy, regulator]

    static func id(_ name: String) -> InstitutionID {
        guard let id = InstitutionID(name) else { preconditionFailure("\(name) is no id") }
        return id
    }

    static func opaque(_ byte: UInt8) -> OpaqueID {
        OpaqueID([UInt8](repeating: byte, count: 16)) ?? OpaqueID(prefixOf: .zero)
    }

    /// `epochDays`: after how many days patients go by other pseudonyms; 0 for never.
    init(rules: [RuleVersion] = [], epochDays: UInt64 = 0) throws {
        folder = try Folder()
        var sealKeys: [InstitutionID: SealSecretKey] = [:]
        var institutions: [Institution] = []
        let kinds: [InstitutionKind] = [.hospital, .insurer, .pharmacy, .regulator]
        for (index, (id, kind)) in zip(Region.all, kinds).enumerated() {
            let key = try SealSecretKey(random: .system)
            sealKeys[id] = key
            let voter = try SigningKey(secret: [UInt8](repeating: UInt8(index + 1), count: 32))
            institutions.append(
                Institution(
                    id: id, name: id.name, kind: kind, tier: .county, power: 1, submitKeys: [],
                    consensusKey: voter.publicKey, sealKey: try key.publicKey.bytes))
        }
        var parameters = Parameters.standard
        parameters.epochDays = epochDays
        genesis = try Genesis(
            name: "test", start: Timestamp(milliseconds: 0), institutions: institutions,
            parameters: parameters, rules: rules)
        ledger = genesis.ledger
        self.sealKeys = sealKeys
        members = Members(genesis.institutions)
    }

    func path(_ id: InstitutionID) -> String { folder.path + "/" + id.name }

    func settings(_ id: InstitutionID) throws -> SupervisorSettings {
        guard let key = sealKeys[id] else { preconditionFailure("\(id) is no member") }
        var settings = SupervisorSettings(
            genesis: genesis, institution: id, folder: path(id) + "/supervision",
            keyFolder: path(id) + "/node-keys", sealKey: key)
        settings.provider = Region.regulator
        return settings
    }

    /// The supervisor of an institution, opened where it is not.
    func node(_ id: InstitutionID) throws -> Supervisor {
        if let node = nodes[id] { return node }
        let node = try Supervisor(try settings(id))
        nodes[id] = node
        return node
    }

    /// Opens the supervisor with other settings than usual.
    func open(
        _ id: InstitutionID, _ change: (inout SupervisorSettings) -> Void
    ) throws -> Supervisor {
        close(id)
        var settings = try settings(id)
        change(&settings)
        let node = try Supervisor(settings)
        nodes[id] = node
        return node
    }

    /// Lets go of a supervisor, as the end of its process would.
    func close(_ id: InstitutionID) {
        nodes[id] = nil
    }

    /// Prepares submissions and numbers them, as the outbox would.
    func prepare(_ submissions: [Submission], by id: InstitutionID) throws -> [[UInt8]] {
        try number(node(id).prepare(submissions), by: id)
    }

    func number(_ prepared: [PreparedEntry], by id: InstitutionID) -> [[UInt8]] {
        prepared.map { item in
            let number = nextNumbers[id, default: 1]
            nextNumbers[id] = number + 1
            return item.numbered(StreamID(0), number).encode()
        }
    }

    /// Makes the next block of these entries; nobody is told yet.
    @discardableResult
    func block(_ entries: [[UInt8]], unfit: [UnfitEntry] = []) throws -> CommittedBlock {
        let firstLeaf = header?.treeSize ?? 0
        let height = Height(UInt64(log.count + 1))
        let header = BlockHeader(
            ledger: ledger, height: height,
            time: Timestamp(milliseconds: Int64(height.blocks) * 1_000),
            proposer: Region.regulator, previous: .zero, batchesRoot: .zero,
            treeSize: firstLeaf + UInt64(entries.count),
            treeRoot: SHA256.hash(height.description.utf8.map { $0 }), stateRoot: .zero,
            nextValidators: .zero, active: .zero, previousCommit: .zero)
        self.header = header
        let block = try CommittedBlock(
            header: header, firstLeaf: firstLeaf, entries: entries.map { $0[...] },
            unfit: unfit)
        log.append(block)
        return block
    }

    /// Hands all blocks that a node has not seen to it, and returns what it has to say.
    @discardableResult
    func catchUp(_ id: InstitutionID) throws -> [Submission] {
        let node = try node(id)
        var submissions: [Submission] = []
        for block in log where block.height > node.height {
            submissions += try node.committed(block)
        }
        return submissions
    }

    /// Commits entries and tells everybody.
    func commit(_ entries: [[UInt8]]) throws {
        try block(entries)
        for id in Region.all { try catchUp(id) }
    }

    /// Lets one node ask another until it has no more questions; how many were answered.
    @discardableResult
    func deliver(from issuer: InstitutionID, to recipient: InstitutionID) throws -> Int {
        var count = 0
        while let question = try node(issuer).outgoing(to: recipient, at: now) {
            let reply = try node(recipient).answer(question, from: issuer, at: now)
            try node(issuer).answered(reply.answer, by: recipient, at: now)
            count += 1
        }
        return count
    }

    func deliverAll() throws {
        for issuer in Region.all {
            for recipient in Region.all where recipient != issuer {
                try deliver(from: issuer, to: recipient)
            }
        }
    }

    var now: Timestamp { Timestamp(milliseconds: Int64(log.count) * 1_000 + 500) }
}

/// Submissions of one patient, with words in them that must not be found where they may not be.
enum Samples {
    static let patient = Region.opaque(0x11)
    static let claimID = Region.opaque(0x44)
    static let marker = "METHADONE-MARKER-7719"
    static let documentMarker = "DOCUMENT-MARKER-4242"

    static func claim(
        _ claim: OpaqueID = claimID, at milliseconds: Int64 = 1_000, reference: OpaqueID? = nil
    ) throws -> Submission {
        var fact = Fact(.claim)
        try fact.set("claim", to: .id(claim))
        try fact.set("patient", to: .id(patient))
        try fact.set("type", to: .text(marker))
        try fact.set(
            "submitted", to: .instant(Timestamp(milliseconds: milliseconds), zoneMinutes: 0))
        return Submission(
            kind: .claim, eventTime: Timestamp(milliseconds: milliseconds),
            subjects: [.patient(patient), .claim(claim)],
            payload: Payload(
                mediaType: "application/fhir+json", source: Array(documentMarker.utf8),
                facts: [fact]), reference: reference)
    }

    static func record(at milliseconds: Int64 = 2_000) throws -> Submission {
        var fact = Fact(.record)
        try fact.set("patient", to: .id(patient))
        try fact.set("record", to: .text(marker))
        return Submission(
            kind: .record, eventTime: Timestamp(milliseconds: milliseconds),
            subjects: [.patient(patient)],
            payload: Payload(mediaType: "", source: [], facts: [fact]))
    }
}

extension Supervisor {
    /// Takes in a delivery, as if it had come over the wire.
    func deliver(
        _ delivery: [UInt8], from issuer: InstitutionID, at now: Timestamp
    ) throws -> DeliveryAnswer {
        let question = PeerQuestion.delivery(delivery).encode()
        return try DeliveryAnswer.decode(answer(question, from: issuer, at: now).answer)
    }
}
