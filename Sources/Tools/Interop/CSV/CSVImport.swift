public import Primitives

/// Reads the tables of a folder through mapping files and hands out the drafts, row by row.
///
/// Lookups are read whole before the table that uses them; the table itself is streamed. A bad
/// row is an event, not an end: it is reported with its line and column, counted, and the next
/// row follows.
public struct CSVImport {
    public private(set) var report = ImportReport()

    private let folder: String
    /// One for each file of each mapping.
    private let tables: [(mapping: CSVMapping, file: String)]
    private let issuer: InstitutionID
    private let pseudonyms: any PseudonymSource
    private var index = 0
    private var reader: (any TableReader)?
    private var mapper: CSVMapper?
    private var rowCount = 0
    /// Notes of the tables that were read.
    private var notes: [String: Int] = [:]
    private var pending: [ImportEvent] = []

    /// An import of the tables that these mappings name, in their order, from one folder.
    public init(
        folder: String, mappings: [CSVMapping], issuer: InstitutionID,
        pseudonyms: any PseudonymSource
    ) {
        self.folder = folder
        tables = mappings.flatMap { mapping in mapping.files.map { (mapping, $0) } }
        self.issuer = issuer
        self.pseudonyms = pseudonyms
    }

    /// The next draft, problem or word of progress; nil when every table was read.
    ///
    /// - Throws: ``InteropError`` where a table or lookup cannot be read at all, or lacks a column
    ///   that the mapping names.
    public mutating func next() throws(InteropError) -> ImportEvent? {
        while true {
            if let event = pending.popLast() { return event }
            guard index < tables.count else { return nil }
            if reader == nil { try open(tables[index].mapping, tables[index].file) }
            guard let item = try reader?.next() else {
                close()
                continue
            }
            take(item)
        }
    }

    private mutating func open(_ mapping: CSVMapping, _ name: String) throws(InteropError) {
        let reader = try CSVImport.reader(try file(name), items: mapping.items, mapping.columns)
        let places = try reader.places(of: mapping.columns, mapping: mapping.name)
        var lookups: [String: CSVLookup] = [:]
        for (name, lookup) in mapping.lookups {
            lookups[name] = try CSVLookup(
                lookup, file: try file(lookup.file), mapping: mapping.name)
        }
        mapper = CSVMapper(
            mapping: mapping, issuer: issuer, pseudonyms: pseudonyms, places: places,
            lookups: lookups)
        self.reader = reader
        rowCount = 0
    }

    private mutating func close() {
        if let reader { pending = [.progress(progress(reader))] }
        notes = report.notes
        reader = nil
        mapper = nil
        index += 1
    }

    /// A table of CSV, or of the objects of an array where `items` says which.
    static func reader(
        _ file: InputFile, items: String?, _ columns: [String]
    ) throws(InteropError) -> any TableReader {
        guard let items else { return try CSVReader(file) }
        return try JSONTable(file, items: items, columns: columns)
    }

    private func file(_ name: String) throws(InteropError) -> InputFile {
        try CSVImport.file(name, in: folder)
    }

    /// The file of a table, compressed or not.
    static func file(_ name: String, in folder: String) throws(InteropError) -> InputFile {
        for path in ["\(folder)/\(name)", "\(folder)/\(name).gz"] {
            if let found = try? InputFile.list([path], formats: [.csv, .json]).first {
                return found
            }
        }
        throw .unreadable(
            path: "\(folder)/\(name)", reason: "there is no such file, nor one with .gz")
    }

    private func progress(_ reader: any TableReader) -> ImportProgress {
        ImportProgress(
            phase: .mapping, file: reader.file.path, lines: reader.lineCount,
            fileNumber: index + 1, fileCount: tables.count)
    }

    private mutating func take(_ item: CSVReader.Item) {
        guard let reader, let name = mapper?.mapping.name else { return }
        var count = report.counts[name] ?? ImportReport.Count()
        count.read += 1
        rowCount += 1
        switch item {
        case .problem(let line, let error):
            count.refused += 1
            pending = [.problem(problem(line, "", .malformedCSV(error), reader))]
        case .row(let row):
            do throws(ElementError) {
                let drafts = try mapper?.drafts(of: row, file: reader.file.path) ?? []
                count.drafts += drafts.count
                if !drafts.isEmpty { count.mapped += 1 }
                pending = drafts.reversed().map(ImportEvent.draft)
            } catch {
                count.refused += 1
                pending = [.problem(problem(row.line, error.element, error.error, reader))]
            }
        }
        report.counts[name] = count
        if let mapped = mapper?.notes {
            report.notes = notes.merging(mapped) { $0 + $1 }
        }
        if rowCount.isMultiple(of: ImportProgress.lineInterval) {
            pending.insert(.progress(progress(reader)), at: 0)
        }
    }

    private func problem(
        _ line: Int, _ column: String, _ error: InteropError, _ reader: any TableReader
    ) -> Problem {
        Problem(file: reader.file.path, line: line, element: column, error: error)
    }
}
