/// The rows of a table in a file, one after another.
protocol TableReader {
    var file: InputFile { get }
    /// The names of the columns.
    var header: [String] { get }
    /// How many lines, or items, have been read.
    var lineCount: Int { get }
    /// The next row, or nil at the end of the file.
    mutating func next() throws(InteropError) -> CSVReader.Item?
}

extension CSVReader: TableReader {}

extension TableReader {
    /// Where these columns stand.
    ///
    /// - Throws: ``InteropError/badMapping(file:element:reason:)`` for one that the file lacks.
    func places(of names: [String], mapping: String) throws(InteropError) -> [String: Int] {
        var places: [String: Int] = [:]
        for name in names {
            guard let place = header.firstIndex(of: name) else {
                throw .badMapping(
                    file: mapping, element: name,
                    reason: "\(file.name) has no such column; it has "
                        + header.joined(separator: ", "))
            }
            places[name] = place
        }
        return places
    }
}
