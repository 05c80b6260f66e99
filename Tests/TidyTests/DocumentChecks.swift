/// What documents owe their readers.
enum DocumentChecks {
    /// A Markdown file has one title, and it stands first.
    static func oneTitle(_ file: SourceFile) -> [Complaint] {
        var isFenced = false
        var titles: [Int] = []
        for (index, line) in file.lines.enumerated() {
            if line.hasPrefix("```") { isFenced.toggle() }
            if !isFenced, line.hasPrefix("# ") { titles.append(index) }
        }
        let first = file.lines.firstIndex { !$0.isBlank }
        if titles.count == 1, titles.first == first { return [] }
        return [
            Complaint(
                check: "titles", path: file.path, line: (titles.dropFirst().first ?? 0) + 1,
                what: "\(titles.count) titles; one is right, on the first line")
        ]
    }

    /// Folders under `Sources` that the map does not name.
    ///
    /// A room's row names its subfolders as `Name/`, so that the map tells where to look.
    static func map(_ map: SourceFile, folders: [String]) -> [Complaint] {
        folders.compactMap { folder in
            let parts = folder.split(separator: "/").map(String.init).dropFirst()
            guard let tier = parts.first else { return nil }
            let room = parts.dropFirst().first
            let inner = parts.dropFirst(2).last
            let isNamed = map.lines.contains { line in
                line.hasPrefix("| \(tier)") && (room.map { line.contains("`\($0)`") } ?? true)
                    && (inner.map { line.contains("`\($0)/`") } ?? true)
            }
            guard !isNamed else { return nil }
            return Complaint(
                check: "map", path: map.path, line: 0, what: "\(folder) is not in the map")
        }
    }
}
