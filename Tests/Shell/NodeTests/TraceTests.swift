internal import Cryptography
internal import Foundation
internal import Hosting
internal import InMemoryTracing
internal import Ledger
internal import Logging
internal import Primitives
internal import Storage
internal import Testing
internal import Tracing

@testable import Node

@Suite("Traces", .timeLimit(.minutes(30)))
struct TraceTests {
    private static let insideBlock = [
        "block.prevoted", "block.precommitted", "block.decided", "block.written",
    ]
    private static let insideBatch = [
        "batch.gathered", "batch.waited", "batch.ordered", "batch.written",
    ]

    /// Four nodes, the first of which traces; returns when its entry is on every disk.
    private func run(tracing teller: [Int: SpanTeller]) throws -> MemoryWorld {
        let world = try MemoryWorld()
        for index in 0..<4 {
            try world.start(index)
            try world.machine(index).traces = teller[index].map { NodeTraces($0) }
        }
        try world.submit(1, at: 0)
        let isThere = try world.run {
            try (0..<4).allSatisfy { index in
                let machine = try world.machine(index)
                try machine.settleBlocks()
                return machine.unwritten.isEmpty && machine.host.state.head.tree.size == 1
            }
        }
        #expect(isThere, "\(world.standing)")
        return world
    }

    @Test func stepsOfABlockAndABatchFollowEachOtherWithinIt() throws {
        let tracer = InMemoryTracer()
        let teller = SpanTeller(tracer, institution: try #require(InstitutionID("hospital")))
        _ = try run(tracing: [0: teller])
        let spans = tracer.finishedSpans
        for (outer, inside) in [("block", Self.insideBlock), ("batch", Self.insideBatch)] {
            let whole = try #require(
                spans.first {
                    $0.operationName == outer && $0.attributes.get("custos.entries") == .int(1)
                }, "\(spans.map(\.operationName))")
            let parts = spans.filter { $0.spanContext.parentSpanID == whole.spanContext.spanID }
            #expect(parts.map(\.operationName) == inside)
            #expect(Set(parts.map(\.spanContext.traceID)) == [whole.spanContext.traceID])
            // Each begins where the one before ended, so that together they are the whole.
            var at = whole.startInstant.nanosecondsSinceEpoch
            for part in parts {
                #expect(part.startInstant.nanosecondsSinceEpoch == at, "\(part.operationName)")
                at = part.endInstant.nanosecondsSinceEpoch
            }
            #expect(at == whole.endInstant.nanosecondsSinceEpoch)
        }
        #expect(tracer.activeSpans.isEmpty)
    }

    @Test func nodesTellOfABlockInOneTraceNamedAfterIt() throws {
        let folder = try Folder()
        var tellers: [Int: SpanTeller] = [:]
        for index in [0, 2] {
            tellers[index] = try teller(TraceFile(file: folder.path + "/\(index)"), "node-\(index)")
        }
        let world = try run(tracing: tellers)
        let store = try world.machine(0).store
        var hashes: Set<String> = []
        for height in 1...(try store.headHeight().blocks) {
            let block = try #require(try store.block(at: Height(height)))
            hashes.insert(String("\(try Block.decode(block.block).header.hash)".prefix(32)))
        }
        let traces = try [0, 2].map { index in
            Set(try lines(folder.path + "/\(index)").map(\.traceId))
        }
        #expect(!traces[0].isEmpty && traces[0].isSubset(of: hashes))
        #expect(!traces[0].isDisjoint(with: traces[1]))
        let names = Set(try lines(folder.path + "/2").map(\.name))
        #expect(names == Set(["block"] + Self.insideBlock), "a batch is told of where it came in")
    }

    @Test func ofManyTracesThoseAreWrittenThatAllNodesChoose() throws {
        let folder = try Folder()
        let all = (0..<200).map { Digest(hashing: $0) }
        var chosen: [Set<String>] = []
        for index in 0..<2 {
            let path = folder.path + "/\(index)"
            let teller = try teller(TraceFile(file: path, oneIn: 4), "node-\(index)")
            for hash in all {
                let context = teller.context(ofBlock: hash)
                teller.tell("block", from: Moment(1), to: Moment(2), in: context)
            }
            chosen.append(Set(try lines(path).map(\.traceId)))
        }
        #expect(chosen[0] == chosen[1])
        #expect((1..<200).contains(chosen[0].count))
    }

    @Test func aFileThatHasGrownIsSetAside() throws {
        let folder = try Folder()
        let path = folder.path + "/traces"
        let teller = try teller(TraceFile(file: path, megabytes: 1), "node")
        let long = String(repeating: "x", count: 300_000)
        for _ in 0..<5 {
            teller.tell(
                "block", from: Moment(1), to: Moment(2), in: .topLevel,
                [("custos.proposer", .string(long))])
        }
        #expect(try lines(path).count == 2)
        #expect(try lines(path + ".1").count == 3)
        // A start goes on behind what is there.
        let next = try self.teller(TraceFile(file: path, megabytes: 1), "node")
        next.tell("block", from: Moment(1), to: Moment(2), in: .topLevel)
        #expect(try lines(path).count == 3)
    }

    @Test func whereNoTracerIsInstalledNothingIsRemembered() throws {
        let id = try #require(InstitutionID("hospital"))
        #expect(SpanTeller.installed(institution: id) == nil)
        #expect(TraceFile(file: "x", oneIn: 0).problem != nil)
        #expect(TraceFile(file: "x", megabytes: 0).problem != nil)
    }

    private func teller(_ file: TraceFile, _ name: String) throws -> SpanTeller {
        let id = try #require(InstitutionID(name))
        return SpanTeller(
            try FileTracer(file, institution: id, logger: Logger(label: name)), institution: id)
    }

    private struct Line: Decodable {
        struct Resource: Decodable { let scopeSpans: [Scope] }
        struct Scope: Decodable { let spans: [Span] }
        struct Span: Decodable {
            let traceId: String
            let name: String
        }
        let resourceSpans: [Resource]
    }

    private func lines(_ path: String) throws -> [Line.Span] {
        try SmallFile.read(path).split(separator: 0x0a).flatMap { line in
            try JSONDecoder().decode(Line.self, from: Data(line)).resourceSpans
                .flatMap { $0.scopeSpans.flatMap(\.spans) }
        }
    }
}

/// A folder that goes with its owner.
private final class Folder {
    let path = "/tmp/ct-" + UUID().uuidString.prefix(13)

    init() throws {
        try SmallFile.makeDirectory(path)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

extension Digest {
    fileprivate init(hashing number: Int) {
        self = SHA256.hash(Array("\(number)".utf8))
    }
}
