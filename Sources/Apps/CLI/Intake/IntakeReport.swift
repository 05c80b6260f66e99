internal import Interop
internal import Primitives

/// What an intake did, counted.
struct IntakeReport: Report {
    var sentCount = 0
    private(set) var resources = 0
    private(set) var entries: [String: Int] = [:]
    /// Entries that are for institutions whose node was not named.
    var elsewhere: [String: Int] = [:]
    private(set) var problemCount = 0
    /// The first of them.
    private(set) var problems: [String] = []
    private(set) var refusalCount = 0
    private(set) var refusals: [String] = []
    private(set) var seconds = 0.0
    private(set) var acknowledgedMedian: Double?
    private(set) var anchoredMedian: Double?
    /// Where entries stand that were followed to the ledger, where that was asked for.
    private(set) var placed: [Placed] = []

    private var acknowledged: [Double] = []
    private var anchored: [Double] = []

    struct Placed: Encodable {
        let issuer: String
        let number: UInt64
        let leaf: UInt64
        let height: UInt64
        let origin: String
    }

    private enum CodingKeys: CodingKey {
        case resources, entries, elsewhere, problemCount, problems, refusalCount, refusals, seconds
        case acknowledgedMedian, anchoredMedian, placed
    }

    private static let listedMax = 50

    mutating func add(_ problem: Problem) {
        problemCount += 1
        if problems.count < Self.listedMax { problems.append("\(problem)") }
    }

    mutating func add(_ sent: Sent) {
        if let refusal = sent.refusal {
            refusalCount += 1
            if refusals.count < Self.listedMax {
                refusals.append(
                    "\(sent.origin.file):\(sent.origin.line): \(sent.origin.name): \(refusal)")
            }
        }
        guard let number = sent.number else { return }
        entries[EntryView.words("\(sent.kind)"), default: 0] += 1
        if let time = sent.acknowledged { acknowledged.append(time) }
        if let time = sent.anchored { anchored.append(time) }
        if let leaf = sent.leaf, let height = sent.height, placed.count < Self.listedMax {
            placed.append(
                Placed(
                    issuer: sent.issuer.name, number: number, leaf: leaf, height: height,
                    origin: sent.origin.name))
        }
    }

    mutating func finish(_ report: ImportReport, seconds: Double) {
        resources = report.read
        self.seconds = seconds
        acknowledgedMedian = Self.median(acknowledged)
        anchoredMedian = Self.median(anchored)
    }

    private static func median(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }

    var lines: [String] {
        let total = entries.values.reduce(0, +)
        let pace = seconds > 0 ? Int(Double(total) / seconds) : 0
        var lines = [
            "\(resources) resources became \(total) entries, in \(tenths(seconds)) s: \(pace)/s"
        ]
        var table = Table("  kind", "entries")
        for (kind, count) in entries.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            table.add("  " + kind, String(count))
        }
        lines += table.lines
        if let acknowledgedMedian {
            lines.append("  synced in the outbox after \(tenths(acknowledgedMedian)) ms (median)")
        }
        if let anchoredMedian {
            lines.append("  on the ledger after \(tenths(anchoredMedian)) ms (median)")
        }
        for (institution, count) in elsewhere.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(count) entries are for \(institution), whose node was not named")
        }
        lines += listed("lines could not be read", problemCount, problems)
        lines += listed("entries were refused", refusalCount, refusals)
        return lines
    }

    private func listed(_ what: String, _ count: Int, _ examples: [String]) -> [String] {
        guard count > 0 else { return [] }
        let shown = examples.prefix(10).map { "    \($0)" }
        let rest = count > shown.count ? ["    … and \(count - shown.count) more"] : []
        return ["  \(count) \(what):"] + shown + rest
    }

    private func tenths(_ value: Double) -> String {
        "\(Double(Int(value * 10)) / 10)"
    }
}
