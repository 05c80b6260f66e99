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
        let answer = try await client.desk(DeskRequest.findings.encode())
        let items = try Desk.read { () throws(SupervisionError) in
            try FindingList.decode(answer).items
        }
        var found: [FoundFinding] = []
        for (place, item) in items.enumerated() {
            if place.isMultiple(of: 100) { progress(place, items.count) }
            let view = FindingView(item)
            guard let body = view.body else { continue }
            found.append(
                FoundFinding(
                    rule: body.rule, subject: body.subject,
                    records: try await names(of: body.violating, client),
                    involved: try await names(
                        of: Array(body.involved.prefix(Self.involvedMax)), client),
                    day: view.leaf.flatMap(day), amount: body.amount.flatMap(Self.minorUnits),
                    isOpen: item.isOpen && view.withdrawal == nil))
        }
        return found
    }

    /// Enough to see whether a case is among them.
    private static let involvedMax = 64

    private mutating func names(
        of leaves: [UInt64], _ client: NodeClient
    ) async throws -> [String] {
        var found: [String] = []
        for leaf in leaves {
            if rows[leaf] == nil {
                let entry = try Entry.decode(try await client.entry(leaf: leaf).entry)
                let key = NumberKey(issuer: entry.issuer.name, number: entry.number)
                rows[leaf] = names[key] ?? ""
            }
            if let name = rows[leaf], !name.isEmpty { found.append(name) }
        }
        return found
    }

    /// The day to which the records had come at a leaf.
    private func day(_ leaf: UInt64) -> Int? {
        var low = 0
        var high = clock.count
        while low < high {
            let middle = (low + high) / 2
            if clock[middle].leaf < leaf { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        return Int(Timestamp(milliseconds: clock[low - 1].milliseconds).day.number)
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
