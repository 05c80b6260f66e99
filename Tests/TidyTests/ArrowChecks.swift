/// Arrows point down: what a room may name, and what its files may import.
struct ArrowChecks: Sendable {
    let manifest: Manifest

    /// The tiers that a tier may name; Shell and Tools do not see each other.
    private static let below: [String: Set<String>] = [
        "System": [],
        "Core": ["System", "Core"],
        "Shell": ["System", "Core", "Shell"],
        "Tools": ["Core", "Tools"],
        "Apps": ["Core", "Shell", "Tools", "Apps"],
    ]

    /// What every system brings; Core is kept from most of it by ``PurityChecks``.
    private static let systemModules: Set<String> = [
        "Swift", "Foundation", "FoundationEssentials", "FoundationNetworking", "Dispatch", "Glibc",
        "Musl", "Synchronization", "Testing",
    ]

    /// Rooms that name one which is not below them.
    func manifestOrder() -> [Complaint] {
        var above: [String: String] = [:]
        var complaints: [Complaint] = []
        for room in manifest.rooms {
            for need in room.needs {
                let what =
                    if let tier = above[need] {
                        Self.below[room.tier, default: []].contains(tier)
                            ? nil : "\(room.tier) may not name \(tier)"
                    } else {
                        "it is not above in the list"
                    }
                guard let what else { continue }
                complaints.append(
                    Complaint(
                        check: "arrows", path: "Package.swift", line: 0,
                        what: "\(room.name) names \(need): \(what)"))
            }
            above[room.name] = room.tier
        }
        return complaints
    }

    /// Imports that the manifest does not give to the room of this file.
    func imports(_ file: SourceFile) -> [Complaint] {
        let folders = file.folders
        guard folders.count >= 3, folders[0] == "Sources", file.isSwift else { return [] }
        guard let room = manifest.rooms.first(where: { $0.name == folders[2] }) else {
            return [complaint(file, 0, "the manifest has no room \(folders[2])")]
        }
        let allowed = Set(room.needs).union(room.modules).union(Self.systemModules)
        var complaints = file.imports.filter { !allowed.contains($0.module) }.map {
            complaint(file, $0.line, "imports \($0.module), which \(room.name) does not name")
        }
        if room.tier != folders[1] {
            complaints.append(complaint(file, 0, "\(room.name) belongs in Sources/\(room.tier)"))
        }
        return complaints
    }

    /// C doors that are opened from more than one folder, or by tests.
    func doors(_ files: [SourceFile]) -> [Complaint] {
        let doors = Set(manifest.rooms.filter { $0.tier == "System" }.map(\.name))
        var owners: [String: String] = [:]
        var complaints: [Complaint] = []
        for file in files where file.isSwift {
            for (line, module) in file.imports where doors.contains(module) {
                let folder = file.folders.prefix(3).joined(separator: "/")
                let owner = owners[module] ?? folder
                owners[module] = owner
                if owner != folder {
                    complaints.append(
                        complaint(file, line, "\(module) is opened by \(owner) already"))
                } else if !folder.hasPrefix("Sources/") {
                    complaints.append(complaint(file, line, "\(module) is not for tests to open"))
                }
            }
        }
        return complaints
    }

    private func complaint(_ file: SourceFile, _ line: Int, _ what: String) -> Complaint {
        Complaint(check: "arrows", path: file.path, line: line, what: what)
    }
}
