import Testing

@Suite("The house is tidy")
struct TidyTests {
    private let repository = Repository.shared

    @Test func isAllThere() {
        #expect(repository.files.count { $0.isSwift && $0.path.hasPrefix("Sources/Core/") } > 10)
        #expect(repository.file("Package.swift") != nil)
        #expect(repository.file("README.md") != nil)
        #expect(repository.sourceFolders.contains("Sources/Core/Primitives"))
    }

    @Test func coreIsPure() {
        expectNone(repository.files.filter(\.isSwift).flatMap(PurityChecks.purity))
    }

    @Test func coreLoopsOverNothingUnordered() {
        expectNone(repository.files.flatMap(UnorderedLoops(repository.files).check))
    }

    @Test func filesAreShort() {
        expectNone(code.flatMap(ShapeChecks.fileLength))
    }

    @Test func functionsAreShort() {
        expectNone(repository.files.filter(\.isSwift).flatMap(ShapeChecks.functionLength))
    }

    @Test func linesAreShort() {
        expectNone(code.flatMap(ShapeChecks.lineLength))
    }

    @Test func nothingIsLeftForLater() {
        expectNone(repository.files.flatMap(ShapeChecks.leftovers))
    }

    @Test func nothingPointsIntoAMachine() {
        expectNone(repository.files.flatMap(ShapeChecks.foreignPaths))
    }

    @Test func documentsHaveOneTitle() {
        expectNone(repository.files.filter(\.isMarkdown).flatMap(DocumentChecks.oneTitle))
    }

    @Test func mapNamesEveryFolder() throws {
        let map = try #require(repository.file("docs/architecture.md"))
        expectNone(DocumentChecks.map(map, folders: repository.sourceFolders))
    }

    @Test func manifestPointsDown() throws {
        let checks = try arrows()
        #expect(checks.manifest.rooms.count >= 20)
        expectNone(checks.manifestOrder())
    }

    @Test func importsFollowTheManifest() throws {
        expectNone(repository.files.flatMap(try arrows().imports))
    }

    @Test func doorsOpenIntoOneRoom() throws {
        expectNone(try arrows().doors(repository.files))
    }

    @Test func exceptionsAreNeeded() throws {
        let complaints = try complaintsWhereExceptionsAre()
        for exception in Exception.all {
            #expect(
                complaints.contains { exception.covers($0) },
                "\(exception.path): \(exception.about) is no longer complained about")
        }
    }

    /// Swift and shell: what has the columns and lines of code.
    private var code: [SourceFile] {
        repository.files.filter { !$0.isMarkdown && !$0.path.hasSuffix(".yaml") }
    }

    private func arrows() throws -> ArrowChecks {
        let manifest = try #require(repository.file("Package.swift"))
        return ArrowChecks(manifest: Manifest(manifest.lines.joined(separator: "\n")))
    }

    private func complaintsWhereExceptionsAre() throws -> [Complaint] {
        let checks: [(SourceFile) -> [Complaint]] = [
            PurityChecks.purity, UnorderedLoops(repository.files).check, ShapeChecks.fileLength,
            ShapeChecks.functionLength, ShapeChecks.lineLength, ShapeChecks.leftovers,
            ShapeChecks.foreignPaths, DocumentChecks.oneTitle, try arrows().imports,
        ]
        let excepted = repository.files.filter { file in
            Exception.all.contains { $0.path == file.path }
        }
        return excepted.flatMap { file in checks.flatMap { $0(file) } }
    }

    private func expectNone(
        _ complaints: [Complaint], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for complaint in complaints
        where !Exception.all.contains(where: { $0.covers(complaint) }) {
            Issue.record("\(complaint)", sourceLocation: sourceLocation)
        }
    }
}
