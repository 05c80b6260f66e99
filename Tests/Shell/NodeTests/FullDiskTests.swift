internal import Glibc
internal import Ledger
internal import Hosting
internal import Primitives
internal import Records
internal import Testing

@testable import Node

@Suite("A disk that takes no more")
struct FullDiskTests {
    /// In a process of its own, whose files may not grow: the node stops with the reason, sends
    /// nothing that it could not keep, and goes on from what it had when there is room again.
    @Test func stopsTheNodeAndLosesNothingAcknowledged() async {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            let world = try MemoryWorld()
            for index in 0..<4 { try world.start(index) }
            for number in UInt64(1)...5 { try world.submit(number, at: 0) }
            FullDiskTests.limitFiles(to: 4_096)
            var refusal: NodeError?
            do {
                for number in UInt64(6)...200 { try world.submit(number, at: 0) }
                _ = try world.run(stepCountMax: 2_000) { false }
            } catch let error as NodeError {
                refusal = error
            }
            guard case .storage = refusal else { exit(2) }
            let acknowledged = world.lastSubmitted
            FullDiskTests.limitFiles(to: rlim_t.max)
            for index in 0..<4 { world.kill(index) }
            for index in 0..<4 { try world.start(index) }
            let issuer = world.network.ids[0]
            let isThere = try world.run {
                let next = try world.machine(1).host.state.nextNumber(of: issuer, StreamID(0))
                return next ?? 0 > acknowledged
            }
            if !isThere { exit(3) }
        }
    }

    private static func limitFiles(to byteCount: rlim_t) {
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(1), &limit)
        limit.rlim_cur = min(byteCount, limit.rlim_max)
        unsafe setrlimit(__rlimit_resource_t(1), &limit)
    }
}
