import Foundation
import Testing

@testable import Storage

@Suite("Names that one process holds")
struct NameLockTests {
    /// What another process is told that asks for the same address.
    private func otherProcessIsRefused(_ name: String) throws -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import socket, sys
            s = socket.socket(socket.AF_UNIX)
            try: s.bind("\\0" + sys.argv[1])
            except OSError as e: sys.exit(3 if e.errno == 98 else 4)
            """, name,
        ]
        try process.run()
        process.waitUntilExit()
        try #require([0, 3].contains(process.terminationStatus))
        return process.terminationStatus == 3
    }

    @Test("another process is refused until all here have let go")
    func heldForThisProcess() throws {
        let name = "custos test \(UInt64.random(in: 0 ... .max))"
        #expect(try otherProcessIsRefused(name) == false)
        var first: NameLock? = try NameLock(name)
        var second: NameLock? = try NameLock(name)
        #expect(try otherProcessIsRefused(name))
        first = nil
        #expect(try otherProcessIsRefused(name), "one of two is left")
        second = nil
        #expect(try otherProcessIsRefused(name) == false)
        #expect(first == nil && second == nil)
    }

    @Test("what another process holds is refused here")
    func heldElsewhere() throws {
        let name = "custos test \(UInt64.random(in: 0 ... .max))"
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import socket, sys
            s = socket.socket(socket.AF_UNIX)
            s.bind("\\0" + sys.argv[1])
            print("held", flush=True)
            sys.stdin.read()
            """, name,
        ]
        let (output, input) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardInput = input
        try process.run()
        _ = output.fileHandleForReading.readData(ofLength: 5)
        #expect(throws: StorageError.locked(path: name)) { _ = try NameLock(name) }
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        _ = try NameLock(name)
    }
}
