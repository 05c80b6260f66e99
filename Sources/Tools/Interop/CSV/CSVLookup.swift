/// A table read whole, in which a key finds the values of some columns.
///
/// Where rows with one key disagree about a column, the value is unknown: none is better than
/// another. An empty field disagrees with nothing.
struct CSVLookup {
    enum Answer: Equatable {
        case found(String)
        case noSuchKey
        case ambiguous
    }

    private var rows: [String: [String?]] = [:]
    private let columns: [String]

    /// Reads the table.
    ///
    /// - Throws: ``InteropError``, also where a column of the mapping is not in the table.
    init(
        _ lookup: CSVMapping.Lookup, file: InputFile, mapping: String
    ) throws(InteropError) {
        columns = lookup.columns
        var reader = try CSVReader(file)
        let condition = lookup.condition
        let wanted = [lookup.key] + lookup.columns + (condition.map { [$0.column] } ?? [])
        let places = try reader.places(of: wanted, mapping: mapping)
        while let item = try reader.next() {
            guard case .row(let row) = item else { continue }
            if let condition, let place = places[condition.column],
                !condition.holds(row.fields[place])
            {
                continue
            }
            guard let key = places[lookup.key].map({ row.fields[$0] }), !key.isEmpty else {
                continue
            }
            let values = lookup.columns.map { column in places[column].map { row.fields[$0] } }
            guard let known = rows[key] else {
                rows[key] = values
                continue
            }
            rows[key] = zip(known, values).map(CSVLookup.merged)
        }
    }

    /// What two rows say together: nil where they disagree.
    private static func merged(_ left: String?, _ right: String?) -> String? {
        if left == right || right == "" { return left }
        return left == "" ? right : nil
    }

    /// The value of a column in the row with this key.
    func value(of column: String, key: String) -> Answer {
        guard let place = columns.firstIndex(of: column), let row = rows[key] else {
            return .noSuchKey
        }
        return row[place].map(Answer.found) ?? .ambiguous
    }
}
