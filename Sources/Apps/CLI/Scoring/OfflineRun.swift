internal import Cryptography
internal import Findings
internal import Interop
internal import Primitives
internal import Records
internal import RuleEngine
internal import RuleLanguage
internal import RuleSource
internal import Synthesis

/// The rules of a folder over the tables of a region, in this process and without a ledger.
///
/// Rows are taken in the order in which they were anchored: each at the latest time that its table
/// had come to, a day at a time. The engine, the rules and the mapping are those of a node; leaves
/// are numbered in that order, and their hashes are those of the rows' names.
struct OfflineRun {
    private var engine: Engine
    private let rules: [String]
    private let names: OfflineNames
    private var input: TimedImport
    /// The name of each row by its leaf.
    private var rows: [String] = []
    private var batch: [AnchoredFact] = []
    private var day: Day?
    /// The day of the first finding at a place, by rule and leaf.
    private var firstDays: [Place: Day] = [:]
    private(set) var claims = 0

    private struct Place: Hashable {
        let rule: Int
        let position: LedgerPosition
    }

    /// Enough to see whether a case is among them.
    private static let involvedMax = 512
    private static let dayMilliseconds: Int64 = 86_400_000

    /// `every`: findings are looked at after so many days.
    private let every: Int32
    private var lastLook: Day?

    init(
        folder: String, mapping: String, rules: RuleFolder, every: Int
    ) throws {
        engine = try Engine(rules: rules.rules.map(\.checked), tables: rules.tables)
        self.rules = rules.rules.map(\.rule.header.id)
        names = OfflineNames()
        self.every = Int32(clamping: every)
        guard let any = InstitutionID("regulator") else { preconditionFailure("it is an id") }
        input = TimedImport(
            folder: folder, mappings: try CSVMapping.list(mapping), issuer: any,
            pseudonyms: names)
    }

    var rowCount: Int { rows.count }

    /// Runs over everything; `progress` is told the day and how many rows were read.
    mutating func run(_ progress: (Day, Int) -> Void) throws -> [FoundFinding] {
        while let event = try input.next() {
            switch event {
            case .progress: continue
            // A region is whole or it is none.
            case .problem(let problem): throw Failure(.file, "\(problem)")
            case .draft(let draft):
                let anchored = input.anchored
                if let day, anchored.day > day {
                    take()
                    if day.number % 30 == 0 { progress(day, rows.count) }
                }
                day = anchored.day
                add(draft, anchored)
            }
        }
        take()
        return findings()
    }

    private mutating func add(_ draft: Draft, _ anchored: Timestamp) {
        if draft.kind == .claim { claims += 1 }
        batch += draft.facts(asOfLeaf: UInt64(rows.count), anchored)
        rows.append(draft.origin.name)
    }

    /// Hands a day to the engine, and looks what is found now.
    private mutating func take() {
        guard let day else { return }
        engine.take(
            batch,
            present: Timestamp(milliseconds: day.start.milliseconds + Self.dayMilliseconds - 1))
        batch.removeAll(keepingCapacity: true)
        guard lastLook.map({ day.number - $0.number >= every }) ?? true else { return }
        lastLook = day
        for change in engine.takeChanges() where change.body != nil {
            let place = Place(rule: change.rule, position: change.position)
            if firstDays[place] == nil { firstDays[place] = day }
        }
    }

    /// What stands at the end, and what stood once and was withdrawn.
    private func findings() -> [FoundFinding] {
        var findings: [FoundFinding] = []
        var open: Set<Place> = []
        for judged in engine.judged {
            guard case .finding(let body) = judged.verdict,
                let outline = try? FindingOutline.decode(body)
            else { continue }
            let place = Place(rule: judged.rule, position: judged.position)
            open.insert(place)
            findings.append(
                FoundFinding(
                    rule: rules[judged.rule], subject: names.name(outline.subject.item),
                    records: outline.violating.map { rows[Int($0.index)] },
                    involved: outline.involved.prefix(Self.involvedMax).map { rows[Int($0.index)] },
                    day: (firstDays[place] ?? day).map { Int($0.number) },
                    amount: outline.amount.flatMap(Self.minorUnits)))
        }
        let closed = firstDays.filter { !open.contains($0.key) }
            .sorted { ($0.key.rule, $0.key.position) < ($1.key.rule, $1.key.position) }
        for (place, day) in closed {
            findings.append(
                FoundFinding(
                    rule: rules[place.rule], subject: "",
                    records: [rows[Int(place.position.leafIndex)]], day: Int(day.number),
                    amount: nil, isOpen: false))
        }
        return findings
    }

    /// The amount in a finding's body: an array of 3, units and currency.
    private static func minorUnits(_ item: [UInt8]) -> Int? {
        var reader = CBORReader(item)
        guard (try? reader.array(exactly: 3)) != nil, (try? reader.unsigned()) == 3,
            let units = try? reader.integer()
        else { return nil }
        return Int(units)
    }
}
