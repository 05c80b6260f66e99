internal import Foundation
internal import Node
internal import Primitives
internal import Records
internal import Supervision
internal import Synthesis

/// What the nodes of a ledger found, in the names of the rows that were ingested.
///
/// The ledger names no row: the table that `custos ingest --placed` wrote says under which number
/// each row was accepted, and the node says which number stands at a leaf.
struct NodeRun {
    private var names: [NumberKey: String] = [:]
    /// Leaf and time of entries that were followed, in the order of their leaves.
    private var clock: [(leaf: UInt64, milliseconds: Int64)] = []
    private(set) var claims = 0
    /// The names of the rows at leaves that were asked for.
    private var rows: [UInt64: String] = [:]

    private struct NumberKey: Hashable {
        let issuer: String
        let number: UInt64
    }

    init(placed path: String) throws(Failure) {
        let lines = try Files.readText(path).split(separator: "\n")
        for (place, line) in lines.enumerated().dropFirst() {
            guard let entry = PlacedEntry(line: line) else {
                throw Failure(.file, "\(path):\(place + 1): \(PlacedEntry.columns) is expected")
            }
            names[NumberKey(issuer: entry.issuer, number: entry.number)] = entry.name
            if entry.isClaim { claims += 1 }
            if let leaf = entry.leaf { clock.append((leaf, entry.milliseconds)) }
        }
        clock.sort { $0.leaf < $1.leaf }
        var latest = Int64.min
        for place in clock.indices {
            latest = max(latest, clock[place].milliseconds)
            clock[place].milliseconds = latest
        }
    }

    /// The findings that the node knows of; what it may not read is left out.
    ///
    /// Their day is that to which the records had come when the finding was anchored: years that
    /// are ingested in minutes have no other.
    mutating func findings(
        of client: NodeClient, _ progress: (Int, Int) -> Void
    ) async throws -> [FoundFinding] {
        let items = try await Desk.findings(of: client)
        let views = items.map(FindingView.init)
        try await name(views, client, progress)
        return zip(items, views).compactMap { item, view in
            guard let body = view.body else { return nil }
            return FoundFinding(
                rule: body.rule, subject: body.subject, records: names(of: body.violating),
                involved: names(of: Self.involved(body)), day: view.leaf.flatMap(day),
                amount: body.amount.flatMap(Self.minorUnits),
                isOpen: item.isOpen && view.withdrawal == nil)
        }
    }

    private static func involved(_ body: FindingBodyView) -> [UInt64] {
        Array(body.involved.prefix(involvedMax))
    }

    /// Enough to see whether a case is among them.
    private static let involvedMax = 64

    /// How many leaves are asked for at once.
    private static let askedMax = 64

    /// Asks which rows stand at the leaves that findings rest on.
    private mutating func name(
        _ views: [FindingView], _ client: NodeClient, _ progress: (Int, Int) -> Void
    ) async throws {
        let leaves = Set(
            views.flatMap { view in
                view.body.map { $0.violating + Self.involved($0) } ?? []
            })
        try await withThrowingTaskGroup(of: (UInt64, NumberKey).self) { group in
            for (place, leaf) in leaves.enumerated() {
                if place >= Self.askedMax, let (leaf, key) = try await group.next() {
                    rows[leaf] = names[key]
                    if place.isMultiple(of: 1_000) { progress(place, leaves.count) }
                }
                group.addTask {
                    let entry = try Entry.decode(try await client.entry(leaf: leaf).entry)
                    return (
                        leaf, NumberKey(issuer: entry.issuer.name, number: entry.number)
                    )
                }
            }
            for try await (leaf, key) in group { rows[leaf] = names[key] }
        }
    }

    private func names(of leaves: [UInt64]) -> [String] { leaves.compactMap { rows[$0] } }

    /// The day to which the records had come at a leaf.
    private func day(_ leaf: UInt64) -> Int? {
        let next = clock.indices.partitioningIndex { clock[$0].leaf >= leaf }
        guard next > 0 else { return nil }
        return Int(Timestamp(milliseconds: clock[next - 1].milliseconds).day.number)
    }

    /// `12.50 CNY` in minor units.
    private static func minorUnits(_ text: String) -> Int? {
        let number = text.prefix { $0 != " " }
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard let major = Int(parts[0]), parts.count <= 2 else { return nil }
        let minor = parts.count == 2 ? parts[1] : "00"
        guard minor.utf8.count == 2, let rest = Int(minor) else { return nil }
        return major * 100 + rest
    }
}
