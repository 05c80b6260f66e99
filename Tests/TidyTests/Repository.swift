import Foundation

/// The files of this repository that were written by hand.
struct Repository: Sendable {
    let files: [SourceFile]
    /// Folders under `Sources`, by their paths from the root.
    let sourceFolders: [String]

    static let shared = Repository(root: rootOfThisRepository)

    private static let places = [
        ".ci", "Benchmarks", "Package.swift", "README.md", "Sources", "Tests", "custos.sh", "docs",
        "genesis", "rules", "samples",
    ]
    private static let suffixes = [".swift", ".md", ".sh", ".yaml", ".yml", ".h", ".modulemap"]

    private static var rootOfThisRepository: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    init(root: URL) {
        var files: [SourceFile] = []
        var folders: [String] = []
        let paths = Self.places.flatMap { Self.paths(under: $0, root: root) }
        for path in paths.sorted() {
            let url = root.appending(path: path)
            if Self.isFolder(url) {
                if path.hasPrefix("Sources/") { folders.append(path) }
            } else if Self.isOurs(path), let text = try? String(contentsOf: url, encoding: .utf8) {
                files.append(SourceFile(path: path, text: text))
            }
        }
        self.files = files
        sourceFolders = folders
    }

    func file(_ path: String) -> SourceFile? {
        files.first { $0.path == path }
    }

    private static func paths(under place: String, root: URL) -> [String] {
        let url = root.appending(path: place)
        guard isFolder(url) else {
            return FileManager.default.fileExists(atPath: url.path) ? [place] : []
        }
        let inside = (try? FileManager.default.subpathsOfDirectory(atPath: url.path)) ?? []
        return inside.map { "\(place)/\($0)" }.filter { !$0.contains("/.build") }
    }

    /// Published vectors keep the form in which they were published.
    private static func isOurs(_ path: String) -> Bool {
        !path.hasPrefix("Tests/Vectors/")
            && (suffixes.contains { path.hasSuffix($0) } || path == ".ci/run")
    }

    private static func isFolder(_ url: URL) -> Bool {
        (try? url.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false
    }
}
