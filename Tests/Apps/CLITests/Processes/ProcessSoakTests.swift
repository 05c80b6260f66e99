internal import Cryptography
internal import Foundation
internal import Glibc
internal import Node
internal import Primitives
internal import Records
internal import Testing
internal import Transport

@testable import custos

/// The shortest form of `./custos.sh campaign soak`, with processes as it has.
@Suite("Nodes as processes, under load", .timeLimit(.minutes(30)))
struct ProcessSoakTests {
    /// What a node acknowledged, by its place and the number it gave.
    private typealias Promises = [Int: [UInt64: Submission]]

    @Test("lose nothing that they acknowledged, and end equal, through kill -9 and a partition")
    func loseNothingAndEndEqual() async throws {
        let network = try ProgramNetwork()
        try await network.start(network.indices)
        let sockets = try network.sockets
        var promises: Promises = [:]
        try await add(submit(30, at: [0, 1, 2, 3], sockets), to: &promises)

        // One is killed while entries are handed in at it; the others go on without it.
        let cutShort = try await submitUntilItEnds(at: sockets[3]) { network.kill(3) }
        var meanwhile = try await submit(30, at: [0, 1, 2], sockets)
        try await settle(meanwhile, at: 0..<3, of: network)
        for more in [[3: cutShort], meanwhile] { try add(more, to: &promises) }
        try await network.start([3])

        // One is cut off: it hears and says nothing, and what it was handed waits in its socket.
        network.signal(2, SIGSTOP)
        async let late = submit(30, at: [2], sockets)
        meanwhile = try await submit(30, at: [0, 1, 3], sockets)
        try await settle(meanwhile, at: [0, 1, 3], of: network)
        network.signal(2, SIGCONT)
        for more in [meanwhile, try await late] { try add(more, to: &promises) }

        try await settle(promises, at: network.indices, of: network)
        try await check(promises, of: network)
        for index in network.indices { #expect(network.stop(index) == 0) }
        for index in 1..<4 {
            let report = try Divergence.find(
                try network.configuration(0), try network.configuration(index))
            #expect(report.first == nil)
        }
    }

    /// No two entries may have been given one number.
    private func add(_ more: Promises, to promises: inout Promises) throws {
        for (index, numbers) in more {
            for (number, submission) in numbers {
                let before = promises[index, default: [:]].updateValue(submission, forKey: number)
                #expect(before == nil, "number \(number) of node \(index) was given twice")
            }
        }
    }

    /// Hands so many entries in at each of these nodes, one after the other at each.
    private func submit(
        _ count: Int, at indices: [Int], _ sockets: [String]
    ) async throws -> Promises {
        try await withThrowingTaskGroup(of: (Int, [UInt64: Submission]).self) { group in
            for index in indices {
                group.addTask {
                    let client = try await NodeClient(socket: sockets[index])
                    var numbers: [UInt64: Submission] = [:]
                    for _ in 0..<count {
                        let submission = Self.link()
                        numbers[try await client.submit(submission)] = submission
                    }
                    await client.close()
                    return (index, numbers)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// Hands entries in until the node is gone, which `end` sees to after some of them.
    private func submitUntilItEnds(
        at socket: String, _ end: () -> Void
    ) async throws -> [UInt64: Submission] {
        let client = try await NodeClient(socket: socket)
        var numbers: [UInt64: Submission] = [:]
        do {
            while true {
                let submission = Self.link()
                if numbers.count == 20 {
                    // Two under way when it dies: one may be acknowledged, or both, or none.
                    async let second = client.submit(submission)
                    end()
                    numbers[try await second] = submission
                    continue
                }
                numbers[try await client.submit(submission)] = submission
            }
        } catch is TransportError {
            await client.close()
        }
        return numbers
    }

    /// Waits until these nodes have the last promise of each.
    private func settle(
        _ promises: Promises, at indices: some Sequence<Int>, of network: ProgramNetwork
    ) async throws {
        for index in indices {
            let client = try await network.client(index)
            for (issuer, numbers) in promises {
                let last = try #require(numbers.keys.max())
                _ = try await Self.entry(last, of: network.id(issuer), on: client)
            }
            await client.close()
        }
    }

    /// Every promise is on every replica, under its number, at one place.
    private func check(_ promises: Promises, of network: ProgramNetwork) async throws {
        var places: [String: UInt64] = [:]
        for index in network.indices {
            let client = try await network.client(index)
            for (issuer, numbers) in promises {
                for (number, submission) in numbers {
                    let found = try await client.entry(
                        network.id(issuer), StreamID(0), number: number)
                    let entry = try Entry.decode(found.entry)
                    #expect(entry.subjects == submission.subjects && entry.number == number)
                    let place = places["\(issuer)/\(number)"] ?? found.leafIndex
                    #expect(place == found.leafIndex)
                    places["\(issuer)/\(number)"] = place
                }
            }
            await client.close()
        }
        #expect(places.count == promises.values.reduce(0) { $0 + $1.count })
    }

    private static func entry(
        _ number: UInt64, of issuer: InstitutionID, on client: NodeClient
    ) async throws -> EntryAnswer {
        do {
            return try await client.committed(issuer, StreamID(0), number: number)
        } catch TransportError.refused {
            return try await client.entry(issuer, StreamID(0), number: number)
        }
    }

    /// A submission that is like no other.
    static func link() -> Submission {
        let ids = (0..<2).map { _ in
            OpaqueID(prefixOf: SHA256.hash(Array(UUID().uuidString.utf8)))
        }.sorted()
        return Submission(
            kind: .link, eventTime: .now, subjects: ids.map { .patient($0) },
            body: .link(LinkBody(first: ids[0], second: ids[1], relation: .same)))
    }
}
