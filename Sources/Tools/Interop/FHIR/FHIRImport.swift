public import Primitives

/// Reads FHIR R4 files and hands out, one after another, the drafts that they become.
///
/// Two passes over the files: ``survey(_:)`` keeps what others refer to, then ``next()`` maps line
/// by line, in bounded memory beside the catalog. Files come in an order in which what is referred
/// to comes before what refers to it, by the type of the first resource in each.
///
/// A bad line is an event, not an end: it is counted and the next line follows. Only a file that
/// cannot be read at all ends an import.
public struct FHIRImport {
    /// When accesses are derived from encounters, orders and claims.
    public enum AccessDerivationMode: Equatable, Sendable {
        case never
        /// Where the input holds no AuditEvent.
        case unlessAudited
        case always
    }

    public struct Options: Equatable, Sendable {
        public var accesses = AccessDerivationMode.unlessAudited
        public var limits = JSONLimits.standard

        public init() {}
    }

    public private(set) var report = ImportReport()

    private let assignment: Assignment
    private let pseudonyms: any PseudonymSource
    private let options: Options
    private let importTime: Timestamp
    private var files: [InputFile]
    private var catalog = Catalog()
    private var mapper: FHIRMapper?
    private var lines: ResourceLines?
    private var fileIndex = 0
    /// What the last line became and was not yet handed out, the next one last.
    private var pending: [ImportEvent] = []

    /// An import of these files; `importTime` stands for the time of records that say none.
    public init(
        files: [InputFile], assignment: Assignment, pseudonyms: any PseudonymSource,
        importTime: Timestamp, options: Options = Options()
    ) {
        self.files = files
        self.assignment = assignment
        self.pseudonyms = pseudonyms
        self.importTime = importTime
        self.options = options
    }

    /// The first pass: reads what resources refer to, and calls `progress` now and then.
    ///
    /// - Throws: ``InteropError/unreadable(path:reason:)``.
    public mutating func survey(
        _ progress: (ImportProgress) -> Void = { _ in }
    ) throws(InteropError) {
        var ranked: [(rank: Int, file: InputFile)] = []
        for (index, file) in files.enumerated() {
            var rank = Int.max
            var lines = try ResourceLines(file, limits: options.limits)
            while let line = try lines.next(only: Catalog.isIndexed) {
                if case .resource(let resource) = line {
                    if rank == .max { rank = FHIRImport.rank(of: resource.type) }
                    catalog.add(
                        resource.value, type: resource.type, id: resource.id,
                        assignment: assignment)
                } else if case .skipped(let type) = line, rank == .max {
                    rank = FHIRImport.rank(of: type)
                }
                if lines.count.isMultiple(of: ImportProgress.lineInterval) {
                    progress(state(.survey, lines, index))
                }
            }
            progress(state(.survey, lines, index))
            ranked.append((rank, file))
        }
        // A stable order: files of one rank stay as they were given.
        files = ranked.enumerated().sorted {
            ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset)
        }.map(\.element.file)
        let derives =
            options.accesses == .always
            || options.accesses == .unlessAudited && !catalog.hasAuditEvents
        mapper = FHIRMapper(
            catalog: catalog, assignment: assignment, pseudonyms: pseudonyms,
            importTime: importTime, derivesAccesses: derives)
    }

    /// The next draft, problem or word of progress; nil when every file was read.
    ///
    /// Surveys first where that was not done.
    ///
    /// - Throws: ``InteropError/unreadable(path:reason:)``.
    public mutating func next() throws(InteropError) -> ImportEvent? {
        if mapper == nil { try survey() }
        while true {
            if let event = pending.popLast() { return event }
            guard fileIndex < files.count else { return nil }
            if lines == nil {
                lines = try ResourceLines(files[fileIndex], limits: options.limits)
            }
            guard let line = try lines?.next(only: { _ in true }) else {
                if let lines { pending = [.progress(state(.mapping, lines, fileIndex))] }
                lines = nil
                fileIndex += 1
                continue
            }
            take(line)
        }
    }

    private func state(
        _ phase: ImportProgress.Phase, _ lines: ResourceLines, _ index: Int
    ) -> ImportProgress {
        ImportProgress(
            phase: phase, file: lines.file.path, lines: lines.count, fileNumber: index + 1,
            fileCount: files.count)
    }

    private mutating func take(_ line: ResourceLine) {
        switch line {
        case .skipped: return
        case .problem(let problem):
            report.unreadableLines += 1
            pending = [.problem(problem)]
        case .resource(let resource): map(resource)
        }
        if let lines, lines.count.isMultiple(of: ImportProgress.lineInterval) {
            pending.insert(.progress(state(.mapping, lines, fileIndex)), at: 0)
        }
    }

    private mutating func map(_ resource: Resource) {
        let type = resource.type
        guard FHIRMapper.isMapped(type) else {
            if FHIRMapper.isDirectory(type) {
                report.counts[type, default: ImportReport.Count()].read += 1
                report.counts[type, default: ImportReport.Count()].indexed += 1
            } else {
                report.notMapped[type, default: 0] += 1
            }
            return
        }
        var count = report.counts[type] ?? ImportReport.Count()
        count.read += 1
        do throws(ElementError) {
            let drafts = try mapper?.drafts(of: resource) ?? []
            count.drafts += drafts.count
            if drafts.isEmpty { count.withoutPatient += 1 } else { count.mapped += 1 }
            pending = drafts.reversed().map(ImportEvent.draft)
        } catch {
            count.refused += 1
            let element = error.element.isEmpty ? type : "\(type).\(error.element)"
            pending = [
                .problem(
                    Problem(
                        file: resource.origin.file, line: resource.origin.line, element: element,
                        error: error.error))
            ]
        }
        report.counts[type] = count
        report.notes = mapper?.notes ?? [:]
    }

    /// The place of a file among the others, by its first resource.
    private static func rank(of type: String) -> Int {
        let order = [
            "Organization", "Practitioner", "PractitionerRole", "Patient", "Encounter",
            "Condition", "Procedure", "Observation", "FamilyMemberHistory", "DocumentReference",
            "Medication", "MedicationRequest", "MedicationDispense", "Claim",
            "ExplanationOfBenefit", "ClaimResponse", "AuditEvent",
        ]
        return order.firstIndex(of: type) ?? order.count
    }
}
