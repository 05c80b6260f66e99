import Interop
import Primitives
import Records
import Testing

/// Two hospitals and an insurer, and how tests bring data into them.
enum Region {
    static let county = InstitutionID("county-hospital")
    static let city = InstitutionID("city-hospital")
    static let insurer = InstitutionID("insurer")

    /// 2026-11-21T00:00:00Z.
    static let importTime = Timestamp(milliseconds: 1_795_219_200_000)

    static func assignment() throws -> Assignment {
        Assignment(
            spreading: [try #require(county), try #require(city)],
            insurer: try #require(insurer))
    }
}

/// All that an import said, gathered.
struct Outcome {
    var drafts: [Draft] = []
    var problems: [Problem] = []
    var report = ImportReport()
    var progress: [ImportProgress] = []
}

extension Outcome {
    /// What becomes of these files; `keep` false counts the drafts without holding them.
    static func of(
        files: [InputFile], assignment: Assignment? = nil, pseudonyms: TestPseudonyms = .init(),
        options: FHIRImport.Options = .init(), keep: Bool = true
    ) throws -> Outcome {
        var run = FHIRImport(
            files: files, assignment: try assignment ?? Region.assignment(),
            pseudonyms: pseudonyms, importTime: Region.importTime, options: options)
        var outcome = Outcome()
        while let event = try run.next() {
            switch event {
            case .draft(let draft): if keep { outcome.drafts.append(draft) }
            case .problem(let problem): outcome.problems.append(problem)
            case .progress(let progress): outcome.progress.append(progress)
            }
        }
        outcome.report = run.report
        return outcome
    }
}

extension Outcome {
    /// What becomes of the tables of a folder.
    static func of(folder: String, mappings: [CSVMapping]) throws -> Outcome {
        var run = CSVImport(
            folder: folder, mappings: mappings, issuer: try #require(Region.city),
            pseudonyms: TestPseudonyms())
        var outcome = Outcome()
        while let event = try run.next() {
            switch event {
            case .draft(let draft): outcome.drafts.append(draft)
            case .problem(let problem): outcome.problems.append(problem)
            case .progress(let progress): outcome.progress.append(progress)
            }
        }
        outcome.report = run.report
        return outcome
    }
}
