internal import Cryptography
internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Records

/// Access records of the shape of iDASH 2018, track 1, as entries signed by the nodes themselves.
///
/// The shape has seven fields. Time is the event time, node the issuer, user the practitioner,
/// resource the patient whose record it is, activity the action; the id is the entry's number in
/// the node's stream, and the reference id, the visit that it belongs to, stands as a claim.
struct AccessLoad {
    static let start: Int64 = 1_790_000_000_000
    static let days: Int64 = 30

    let recordCount: Int
    let userCount: UInt64
    let resourceCount: UInt64

    static func user(_ number: UInt64) -> OpaqueID { id(2, number) }
    static func resource(_ number: UInt64) -> OpaqueID { id(1, number) }
    static func reference(_ number: UInt64) -> OpaqueID { id(3, number) }

    /// The signed batches of each node, in the order of its stream.
    func batches(for genesis: Genesis) throws -> [[[UInt8]]] {
        try (0..<4).map { node in
            let name = BenchNetwork.name(node)
            let issuer = try BenchNetwork.id(name)
            let key = try BenchNetwork.key("submit", name)
            var random = SplitMix(seed: UInt64(node))
            let count = recordCount / 4
            return try stride(from: 0, to: count, by: 256).map { first in
                let entries = (first..<min(first + 256, count)).map { number in
                    entry(issuer, UInt64(number + 1), &random)
                }
                let batch = BatchWriter.batch(
                    of: entries, ledger: genesis.ledger, issuer: issuer, stream: StreamID(0),
                    firstNumber: UInt64(first + 1), expiry: Height(900_000), signedBy: key)
                return try UnverifiedBatch(decoding: batch).bytes
            }
        }
    }

    private func entry(
        _ issuer: InstitutionID, _ number: UInt64, _ random: inout SplitMix
    ) -> [UInt8] {
        let resource = random.next() % resourceCount
        let actions = AccessHeader.Action.allCases
        return Entry(
            kind: .access, issuer: issuer, stream: StreamID(0), number: number,
            eventTime: Timestamp(
                milliseconds: Self.start + Int64(random.next() % UInt64(Self.days * 86_400_000))),
            subjects: [
                .patient(Self.resource(resource)),
                .practitioner(Self.user(random.next() % userCount)),
                .claim(Self.reference(resource * 4 + random.next() % 4)),
            ],
            commitment: random.digest(), sealedPayload: random.digest(), recipients: [issuer],
            access: AccessHeader(
                action: actions[Int(random.next() % UInt64(actions.count))], purpose: .treatment,
                basis: .relationship, outcome: .success)
        ).encode()
    }

    /// Hands every node its batches, some under way at a time; returns the seconds until the last
    /// one is committed.
    static func send(_ batches: [[[UInt8]]], to nodes: BenchNodes) async throws -> Double {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, own) in batches.enumerated() {
                let client = try await NodeClient(socket: nodes.folder(of: index) + "/data/control")
                group.addTask {
                    try await send(own, to: client)
                    await client.close()
                }
            }
            try await group.waitForAll()
        }
        return (ContinuousClock.now - start) / .seconds(1)
    }

    private static func send(_ batches: [[UInt8]], to client: NodeClient) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, batch) in batches.enumerated() {
                if index >= 16 { try await group.next() }
                group.addTask { _ = try await client.submitBatch(batch, waits: true) }
            }
            try await group.waitForAll()
        }
    }

    private static func id(_ type: UInt64, _ number: UInt64) -> OpaqueID {
        OpaqueID(prefixOf: SHA256.hash(Array("access \(type) \(number)".utf8)))
    }
}
