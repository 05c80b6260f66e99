internal import Foundation

/// How a large ledger was filled: kept beside it where it is to be asked again.
struct Filling: Codable {
    let entryCount: Int
    let validatorCount: Int
    /// Entries committed a second in each tenth of it.
    let rates: [Double]
    /// How many batches it was given after restarts, each of an issuer of its own.
    var restarts = 0

    private static func file(_ folder: String) -> URL { URL(filePath: "\(folder)/filling.json") }

    /// What is known of the ledger in a folder; nil where there is none.
    ///
    /// - Throws: ``BenchError`` where it is another one than is asked for, or was never finished.
    static func read(
        _ folder: String, entryCount: Int, validatorCount: Int
    ) throws -> Filling? {
        guard let data = try? Data(contentsOf: file(folder)) else {
            if FileManager.default.fileExists(atPath: "\(folder)/bench.genesis") {
                throw BenchError("the ledger in \(folder) was not filled to its end")
            }
            return nil
        }
        let filling = try JSONDecoder().decode(Filling.self, from: data)
        guard filling.entryCount == entryCount, filling.validatorCount == validatorCount else {
            throw BenchError(
                "the ledger in \(folder) has \(filling.entryCount) entries and "
                    + "\(filling.validatorCount) validators")
        }
        return filling
    }

    func write(_ folder: String) throws {
        try JSONEncoder().encode(self).write(to: Filling.file(folder))
    }
}
