import Foundation

/// Where data for tests lies.
enum TestData {
    static let project = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// The shared data beside the project, which not every machine has.
    static let shared: String? = ["/../shared/data", "/../../shared/data"]
        .map { project + $0 }
        .first { FileManager.default.fileExists(atPath: $0) }
}
