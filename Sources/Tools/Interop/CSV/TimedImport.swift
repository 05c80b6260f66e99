public import Primitives

/// Reads the tables of a folder side by side, in the order of their times.
///
/// Of each table the next draft waits; the one whose table has come to the earliest time is handed
/// out. A table has come to the latest time that one of its rows had, so rows that stand late in
/// their table stay late. Of tables that have come to one time, that of the earlier mapping is
/// first.
public struct TimedImport: ImportRun {
    private var tables: [CSVImport]
    /// Nil where a table was read to its end, or not begun.
    private var heads: [Draft?]
    private var times: [Timestamp]
    private var pending: [ImportEvent] = []
    private var hasBegun = false
    /// When what was handed out last was anchored: the time that its table had come to.
    public private(set) var anchored = Timestamp(milliseconds: .min)

    public init(
        folder: String, mappings: [CSVMapping], issuer: InstitutionID,
        pseudonyms: any PseudonymSource
    ) {
        tables = mappings.map { mapping in
            CSVImport(
                folder: folder, mappings: [mapping], issuer: issuer, pseudonyms: pseudonyms)
        }
        heads = Array(repeating: nil, count: tables.count)
        times = Array(repeating: Timestamp(milliseconds: .min), count: tables.count)
    }

    public var report: ImportReport {
        var report = ImportReport()
        for table in tables {
            report.counts.merge(table.report.counts) { $1 }
            report.unreadableLines += table.report.unreadableLines
            report.notes.merge(table.report.notes) { $0 + $1 }
        }
        return report
    }

    public mutating func next() throws(InteropError) -> ImportEvent? {
        if !hasBegun {
            hasBegun = true
            for table in tables.indices { try advance(table) }
        }
        if let event = pending.popLast() { return event }
        var first: Int?
        for table in tables.indices where heads[table] != nil {
            if first.map({ times[table] < times[$0] }) ?? true { first = table }
        }
        guard let first, let draft = heads[first] else { return nil }
        anchored = times[first]
        try advance(first)
        return .draft(draft)
    }

    /// Goes on to the next draft of a table; what else it says waits to be handed out.
    private mutating func advance(_ table: Int) throws(InteropError) {
        heads[table] = nil
        while let event = try tables[table].next() {
            guard case .draft(let draft) = event else {
                pending.append(event)
                continue
            }
            heads[table] = draft
            times[table] = max(times[table], draft.eventTime)
            return
        }
    }
}
