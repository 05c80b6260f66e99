internal import Cryptography
internal import Interop
internal import Ledger
internal import Primitives
internal import Records
internal import RuleSource
internal import Sealing
internal import Supervision
internal import Synthesis

@testable import custos

/// A hospital and a regulator at their desks, and what a region's tables say, block by block.
///
/// The hospital hands in everything; its payloads come to the regulator when the test says so.
final class RegionDesks {
    let regulator: Supervisor
    let rules: RuleFolder
    private let hospital: Supervisor
    private let genesis: Genesis
    private let folder: TemporaryFolder
    private var input: TimedImport
    private var header: BlockHeader?
    private var nextNumber: UInt64 = 1

    private static func id(_ name: String) -> InstitutionID {
        guard let id = InstitutionID(name) else { preconditionFailure("\(name) is no id") }
        return id
    }

    private static let hospitalID = id("county-hospital")
    private static let regulatorID = id("regulator")

    init(patients: Int, seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let region = Synthesis(
            tables: try RegionTables(folder: "\(Project.root)/regions/county"),
            patients: patients, years: 1, seed: seed)
        let tables = "\(folder.path)/csv"
        try Files.makeFolder(tables)
        _ = try region.write(into: tables, truth: "\(folder.path)/truth.csv")
        input = TimedImport(
            folder: tables, mappings: try CSVMapping.list("\(Project.root)/mappings/region"),
            issuer: Self.hospitalID, pseudonyms: OfflineNames())
        let rules = try RuleBuild.read("\(Project.root)/rules")
        let keys = try [SealSecretKey(random: .system), SealSecretKey(random: .system)]
        let members = [(Self.hospitalID, InstitutionKind.hospital), (Self.regulatorID, .regulator)]
        var institutions: [Institution] = []
        for (place, member) in members.enumerated() {
            let secret = [UInt8](repeating: UInt8(place + 1), count: 32)
            institutions.append(
                Institution(
                    id: member.0, name: member.0.name, kind: member.1, tier: .county, power: 1,
                    submitKeys: [], consensusKey: try SigningKey(secret: secret).publicKey,
                    sealKey: try keys[place].publicKey.bytes))
        }
        let genesis = try Genesis(
            name: "test", start: Timestamp(milliseconds: 0), institutions: institutions,
            parameters: .standard,
            rules: RuleBuild.versions(rules, runners: [Self.regulatorID]))
        let ruleFiles = "\(folder.path)/rules"
        try RuleBuild.write(rules, to: ruleFiles)
        func supervisor(_ place: Int) throws -> Supervisor {
            let id = members[place].0
            var settings = SupervisorSettings(
                genesis: genesis, institution: id, folder: "\(folder.path)/\(id)",
                keyFolder: "\(folder.path)/\(id)-keys", sealKey: keys[place])
            // Claims go to insurers otherwise, and here is none.
            settings.policy = RecipientPolicy(
                EntryKind.allCases.filter(\.hasPayload).map { ($0, [.kind(.regulator)]) })
            if id == Self.regulatorID { settings.rulesFolder = ruleFiles }
            return try Supervisor(settings)
        }
        (self.folder, self.rules, self.genesis) = (folder, rules, genesis)
        hospital = try supervisor(0)
        regulator = try supervisor(1)
    }

    /// Anchors the next rows, at the time to which their tables had come.
    func block(_ count: Int) throws {
        var submissions: [Submission] = []
        while submissions.count < count, let event = try input.next() {
            guard case .draft(let draft) = event else { continue }
            submissions.append(
                Submission(
                    kind: draft.kind, eventTime: draft.eventTime, subjects: draft.subjects,
                    access: draft.access, payload: draft.payload))
        }
        let entries = try hospital.prepare(submissions).map { item in
            defer { nextNumber += 1 }
            return item.numbered(StreamID(0), nextNumber).encode()
        }
        let height = header?.height.next ?? Height(1)
        let firstLeaf = header?.treeSize ?? 0
        let header = BlockHeader(
            ledger: genesis.ledger, height: height, time: input.anchored,
            proposer: Self.regulatorID, previous: .zero, batchesRoot: .zero,
            treeSize: firstLeaf + UInt64(entries.count), treeRoot: .zero, stateRoot: .zero,
            nextValidators: .zero, active: .zero, previousCommit: .zero)
        self.header = header
        let block = try CommittedBlock(
            header: header, firstLeaf: firstLeaf, entries: entries.map { $0[...] })
        for desk in [hospital, regulator] { _ = try desk.committed(block) }
    }

    /// The time of the last block.
    var now: Timestamp { header?.time ?? Timestamp(milliseconds: 0) }

    /// Brings the regulator every payload that is on its way.
    func deliver() throws {
        while let question = try hospital.outgoing(to: Self.regulatorID, at: now) {
            let reply = try regulator.answer(question, from: Self.hospitalID, at: now)
            try hospital.answered(reply.answer, by: Self.regulatorID, at: now)
        }
    }

    /// The bodies of the findings that the regulator's desk has open, page by page.
    func openBodies() throws -> [[UInt8]] {
        var bodies: [[UInt8]] = []
        var place: FindingList.Place?
        repeat {
            let request = DeskRequest.findings(after: place).encode()
            let page = try FindingList.decode(regulator.control(request, at: now).answer)
            bodies += page.items.filter(\.isOpen).compactMap(\.body)
            place = page.next
        } while place != nil
        return bodies
    }

    /// Every fact on the ledger, as the regulator opens it.
    func facts() throws -> [AnchoredFact] {
        var facts: [AnchoredFact] = []
        let entries = regulator.entries
        try entries.scan { (item) throws(SupervisionError) in
            facts += try entries.facts(of: item)
            return true
        }
        return facts
    }
}
