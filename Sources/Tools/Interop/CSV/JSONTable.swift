/// The objects of an array in a JSON file as rows: each member is a column.
///
/// A list of plain values is one text with spaces between them, as codes stand in a column; what
/// an object lacks is the empty text, and so are objects within it. The file is read whole.
struct JSONTable: TableReader {
    let file: InputFile
    let header: [String]
    private let rows: [CSVRow]
    private(set) var lineCount = 0

    /// Reads the array that the member `items` of the file's object is.
    ///
    /// `columns` are there even where no object has such a member.
    ///
    /// - Throws: ``InteropError/unreadable(path:reason:)`` where there is no such array.
    init(_ file: InputFile, items: String, columns: [String]) throws(InteropError) {
        self.file = file
        let source = try ByteSource(file)
        var bytes: [UInt8] = []
        while bytes.count <= JSONLimits.standard.byteCountMax, let chunk = try source.next() {
            bytes += chunk
        }
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(bytes).root
        } catch {
            throw .unreadable(path: file.path, reason: "\(error)")
        }
        guard let list = root.member(items), list.isArray else {
            throw .unreadable(path: file.path, reason: "it has no array '\(items)'")
        }
        var header = columns.reduce(into: [String]()) { names, name in
            if !names.contains(name) { names.append(name) }
        }
        var places = Dictionary(uniqueKeysWithValues: header.enumerated().map { ($1, $0) })
        var texts: [[Int: String]] = []
        for item in list.elements {
            var row: [Int: String] = [:]
            for (name, value) in item.members {
                let place = places[name] ?? header.count
                if place == header.count {
                    header.append(name)
                    places[name] = place
                }
                row[place] = JSONTable.text(value)
            }
            texts.append(row)
        }
        self.header = header
        rows = zip(list.elements, texts).enumerated().map { number, item in
            CSVRow(
                line: number + 1, fields: header.indices.map { item.1[$0] ?? "" },
                bytes: Array(item.0.bytes))
        }
    }

    mutating func next() throws(InteropError) -> CSVReader.Item? {
        guard lineCount < rows.count else { return nil }
        lineCount += 1
        return .row(rows[lineCount - 1])
    }

    private static func text(_ value: JSONValue) -> String {
        if value.isArray { return value.elements.map(text).joined(separator: " ") }
        if let bool = value.bool { return bool ? "true" : "false" }
        return value.string ?? value.number ?? ""
    }
}
