/// What a line of a FHIR file is.
enum ResourceLine {
    case resource(Resource)
    /// A resource of a type that was not asked for; it was not read further.
    case skipped(type: String)
    case problem(Problem)
}

/// The resources of a file, one after another.
struct ResourceLines {
    let file: InputFile
    private var lines: LineReader
    private let limits: JSONLimits

    init(_ file: InputFile, limits: JSONLimits) throws(InteropError) {
        self.file = file
        self.limits = limits
        lines = try LineReader(file, byteCountMax: limits.byteCountMax)
    }

    /// Lines read so far.
    var count: Int { lines.lineCount }

    /// The next resource, or nil at the end of the file.
    ///
    /// `wanted` says for a type whether the resource is to be read.
    mutating func next(only wanted: (String) -> Bool) throws(InteropError) -> ResourceLine? {
        guard let line = try lines.next() else { return nil }
        guard let bytes = line.bytes else {
            return problem(line, "", .lineTooLong(byteCountMax: limits.byteCountMax))
        }
        if let type = ResourceLines.leadingType(bytes), !wanted(type) {
            return .skipped(type: type)
        }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONDocument(bytes, limits: limits).root
        } catch {
            return malformed(line, bytes, error)
        }
        guard value.isObject else {
            return problem(
                line, "", .wrongType(expected: "a resource, an object", found: value.kindName))
        }
        guard let type = value.member("resourceType")?.string, !type.isEmpty else {
            return problem(line, "resourceType", .missing(expected: "the type of the resource"))
        }
        guard wanted(type) else { return .skipped(type: type) }
        guard let id = value.member("id")?.string, ResourceLines.isID(id) else {
            return problem(
                line, "\(type).id", .missing(expected: "an id of 1 to 64 of A-Z a-z 0-9 - ."))
        }
        return .resource(
            Resource(value, type: type, id: id, file: file.path, line: line.number))
    }

    private func problem(_ line: Line, _ element: String, _ error: InteropError) -> ResourceLine {
        .problem(Problem(file: file.path, line: line.number, element: element, error: error))
    }

    /// In a file that is one value the line is counted, as an editor shows it.
    private func malformed(_ line: Line, _ bytes: [UInt8], _ error: JSONError) -> ResourceLine {
        let before = bytes.prefix(error.offset).count { $0 == UInt8(ascii: "\n") }
        return .problem(
            Problem(
                file: file.path, line: line.number + before, element: "",
                error: .malformedJSON(error)))
    }

    /// The type that a line says in its first member, as exporters write it, without parsing.
    static func leadingType(_ bytes: [UInt8]) -> String? {
        let opening = leading
        guard bytes.count > opening.count, bytes[..<opening.count].elementsEqual(opening) else {
            return nil
        }
        let rest = bytes[opening.count...].prefix(64)
        guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        return String(decoding: rest[..<end], as: UTF8.self)
    }

    private static let leading = Array("{\"resourceType\":\"".utf8)

    /// Source: FHIR R4, data type `id`.
    private static func isID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
