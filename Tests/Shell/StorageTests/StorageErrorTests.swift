internal import Testing

@testable import Storage

@Suite("StorageError")
struct StorageErrorTests {
    /// Texts of LevelDB 1.23: `util/status.cc`, `util/env_posix.cc`, `db/*.cc`.
    @Test(arguments: [
        ("NotFound: ", StorageError.notFound(path: "p", what: "")),
        (
            "Corruption: block checksum mismatch",
            .corruption(path: "p", detail: "block checksum mismatch")
        ),
        (
            "Invalid argument: p: does not exist (create_if_missing is false)",
            .refused(path: "p", detail: "p: does not exist (create_if_missing is false)")
        ),
        ("Not implemented: x", .refused(path: "p", detail: "x")),
        ("IO error: lock p/LOCK: Resource temporarily unavailable", .locked(path: "p")),
        ("IO error: lock p/LOCK: already held by process", .locked(path: "p")),
        (
            "IO error: p/000005.log: No space left on device",
            .noSpace(path: "p", detail: "p/000005.log: No space left on device")
        ),
        (
            "IO error: p/000005.log: Disk quota exceeded",
            .noSpace(path: "p", detail: "p/000005.log: Disk quota exceeded")
        ),
        (
            "IO error: p/CURRENT: Permission denied",
            .permissionDenied(path: "p", detail: "p/CURRENT: Permission denied")
        ),
        (
            "IO error: p/000007.ldb: Input/output error",
            .io(path: "p", detail: "p/000007.ldb: Input/output error")
        ),
        ("something new", .io(path: "p", detail: "something new")),
    ])
    func mapsTheTextsOfLevelDB(_ text: String, _ expected: StorageError) {
        #expect(StorageError(levelDB: text, path: "p") == expected)
    }

    @Test func aFullDeviceIsNoSpace() throws {
        let file = try File("/dev/full", flags: 1)
        do throws(StorageError) {
            try file.write([1], at: 0)
            Issue.record("/dev/full took a byte")
        } catch {
            #expect(error == .noSpace(path: "/dev/full", detail: "write: No space left on device"))
        }
    }

    @Test func everyErrorNamesItsPath() {
        let errors: [StorageError] = [
            .notFound(path: "/d", what: "x"), .corruption(path: "/d", detail: "x"),
            .io(path: "/d", detail: "x"), .noSpace(path: "/d", detail: "x"),
            .locked(path: "/d"), .permissionDenied(path: "/d", detail: "x"),
            .otherLedger(path: "/d", found: "a", expected: "b"),
            .formatVersion(path: "/d", found: "2", supported: 1),
            .tooLarge(path: "/d", byteCount: 2, limit: 1), .refused(path: "/d", detail: "x"),
            .stopped(path: "/d"),
        ]
        for error in errors { #expect(error.description.hasPrefix("/d: ")) }
    }
}
