import Ledger
import Primitives
import Records
import TestSupport

/// Blocks of random entries from a seed, as institutions would send them.
struct RandomBlocks {
    let network: TestNetwork
    private var random: SplitMix
    private var next: [String: UInt64] = [:]
    private var credentials = 0

    init(_ network: TestNetwork, seed: UInt64) {
        self.network = network
        random = SplitMix(seed: seed)
    }

    /// The batches of the next block, each of 1 to `entryCountMax` entries.
    mutating func block(batchCountMax: Int, entryCountMax: Int) throws -> [[Entry]] {
        var batches: [[Entry]] = []
        for _ in 0..<random.below(batchCountMax + 1) {
            let issuer = TestNetwork.names[random.below(TestNetwork.names.count)]
            let stream = UInt16(random.below(2))
            var entries: [Entry] = []
            for _ in 0...random.below(entryCountMax) {
                let number = next["\(issuer) \(stream)", default: 1]
                let entry = try entry(issuer, stream, number)
                next["\(issuer) \(stream)"] = entry.nextNumber
                entries.append(entry)
            }
            batches.append(entries)
        }
        return batches
    }

    private mutating func entry(
        _ issuer: String, _ stream: UInt16, _ number: UInt64
    ) throws -> Entry {
        let patient = "patient \(random.below(12))"
        let nurse = "nurse \(random.below(5))"
        var entry: Entry
        // Notices are among them where they have lists of their own.
        switch random.below(network.genesis.parameters.listsRules ? 10 : 8) {
        case 0:
            entry = TestNetwork.record(
                issuer, number,
                subjects: [.patient(TestNetwork.opaque(patient))] + other(than: issuer))
        case 1:
            entry = TestNetwork.finding(
                issuer, number, "finding \(random.below(4))",
                isWithdrawn: random.below(3) == 0)
        case 2:
            credentials += 1
            entry = try TestNetwork.credential(
                issuer, number, "\(issuer) \(credentials)", key: "one key")
        case 3:
            let last = number + 1 + UInt64(random.below(3))
            entry = Entry(
                kind: .void, issuer: TestNetwork.id(issuer), stream: StreamID(stream),
                number: number, eventTime: TestNetwork.start,
                body: .void(VoidBody(first: number + 1, last: last, reason: "lost")))
        case 8, 9:
            let rules = ["CE-01", "PR-03", "RX-03b"]
            entry = TestNetwork.record(
                issuer, number, kind: .notice, subjects: [.practitioner(TestNetwork.opaque(nurse))])
            entry.body = .case(
                CaseBody(
                    blindedCase: TestNetwork.opaque("no case"),
                    step: .noticed(
                        CaseBody.Opening(
                            findings: [0], rules: Array(rules.dropFirst(random.below(3))))),
                    previous: 0))
        default:
            let actions = AccessHeader.Action.allCases
            entry = TestNetwork.access(
                issuer, number, patient: patient, practitioner: nurse,
                action: actions[random.below(actions.count)],
                at: Timestamp(
                    milliseconds: TestNetwork.start.milliseconds
                        + Int64(random.below(4)) * 86_400_000))
        }
        entry.stream = StreamID(stream)
        return entry
    }

    private mutating func other(than issuer: String) -> [Subject] {
        let name = TestNetwork.names[random.below(TestNetwork.names.count)]
        return name == issuer ? [] : [.institution(TestNetwork.id(name))]
    }
}
