internal import Foundation

/// Reads the public vectors under `Tests/Vectors`.
enum Vectors {
    static func load<Rows: Decodable>(_ path: String, as type: Rows.Type = Rows.self) throws -> Rows
    {
        var folder = URL(filePath: #filePath)
        while folder.lastPathComponent != "Tests" { folder.deleteLastPathComponent() }
        let file = folder.appending(path: "Vectors").appending(path: path)
        return try JSONDecoder().decode(Rows.self, from: Data(contentsOf: file))
    }

    /// The bytes of base64 text; nothing where it is null or empty.
    static func base64(_ text: String?) throws -> [UInt8] {
        guard let text else { return [] }
        guard let data = Data(base64Encoded: text) else { throw Problem.notBase64(text) }
        return [UInt8](data)
    }

    enum Problem: Error {
        case notBase64(String)
    }
}

/// A file of Wycheproof: groups of tests that share some parameters.
struct Wycheproof<Group: Decodable>: Decodable {
    let numberOfTests: Int
    let testGroups: [Group]
}
