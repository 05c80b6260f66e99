/// What keeps Core a function of its inputs: the same bytes on any machine, on any day.
enum PurityChecks {
    private static let modules: Set<String> = [
        "Foundation", "FoundationEssentials", "FoundationInternationalization",
        "FoundationNetworking", "Dispatch", "Glibc", "Musl", "Darwin", "Synchronization",
        "_Concurrency", "Observation", "Distributed",
    ]

    private static let words: [String: String] = [
        "async": "Core does not wait",
        "await": "Core does not wait",
        "Task": "Core has no threads",
        "actor": "Core has no threads",
        "Thread": "Core has no threads",
        "Clock": "time is passed in",
        "ContinuousClock": "time is passed in",
        "SuspendingClock": "time is passed in",
        "Date": "time is passed in",
        "random": "randomness is passed in",
        "shuffled": "randomness is passed in",
        "shuffle": "randomness is passed in",
        "randomElement": "randomness is passed in",
        "SystemRandomNumberGenerator": "randomness is passed in",
        "UUID": "randomness is passed in",
        "Double": "integers and fixed point only",
        "Float": "integers and fixed point only",
        "Float16": "integers and fixed point only",
        "Float32": "integers and fixed point only",
        "Float64": "integers and fixed point only",
        "Float80": "integers and fixed point only",
        "CGFloat": "integers and fixed point only",
        "hashValue": "seeded anew in each process",
        "Hasher": "seeded anew in each process",
        "ObjectIdentifier": "differs in each process",
        "CommandLine": "what is needed is passed in",
        "print": "Core says nothing by itself",
        "readLine": "what is needed is passed in",
    ]

    static func purity(_ file: SourceFile) -> [Complaint] {
        guard file.path.hasPrefix("Sources/Core/") else { return [] }
        let imports = file.imports.filter { modules.contains($0.module) }.map {
            complaint(file, line: $0.line, "import \($0.module): Core is pure")
        }
        return imports
            + file.code.enumerated().flatMap { index, line in
                line.words.compactMap { word in
                    guard let why = words[word], !isConformance(line, word) else { return nil }
                    return complaint(file, line: index + 1, "\(word): \(why)")
                }
            }
    }

    /// `hash(into:)` makes a type a key: looking up by key is deterministic, iterating is not.
    ///
    /// And `SHA256.Hasher` is no seeded one.
    private static func isConformance(_ line: String, _ word: String) -> Bool {
        word == "Hasher"
            && ["inout Hasher)", "inout Swift.Hasher)", "SHA256.Hasher"].contains {
                line.contains($0)
            }
    }

    private static func complaint(_ file: SourceFile, line: Int, _ what: String) -> Complaint {
        Complaint(check: "purity", path: file.path, line: line, what: what)
    }
}
