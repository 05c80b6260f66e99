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

    /// How many institutions issue them, each a stream of its own.
    static let issuerCount = 4
    /// How many entries a batch has, but for the last of a stream.
    static let batchSize = 256

    /// The signed batches of each issuer, in the order of its stream, all of them made beforehand.
    func batches(for genesis: Genesis) throws -> [[[UInt8]]] {
        try (0..<Self.issuerCount).map { try Array(Stream(self, genesis, issuer: $0)) }
    }

    /// The signed batches of one issuer, each made when it is asked for.
    struct Stream: Sequence, IteratorProtocol {
        private let load: AccessLoad
        private let ledger: LedgerID
        private let issuer: InstitutionID
        private let key: SigningKey
        private var random: SplitMix
        private var made = 0

        init(_ load: AccessLoad, _ genesis: Genesis, issuer index: Int) throws {
            self.load = load
            ledger = genesis.ledger
            let name = BenchNetwork.name(index)
            issuer = try BenchNetwork.id(name)
            key = try BenchNetwork.key("submit", name)
            random = SplitMix(seed: UInt64(index))
        }

        mutating func next() -> [UInt8]? {
            let count = Swift.min(
                AccessLoad.batchSize, load.recordCount / AccessLoad.issuerCount - made)
            guard count > 0 else { return nil }
            let entries = (0..<count).map { place in
                load.entry(issuer, UInt64(made + place + 1), &random)
            }
            defer { made += count }
            return BatchWriter.batch(
                of: entries, ledger: ledger, issuer: issuer, stream: StreamID(0),
                firstNumber: UInt64(made + 1), expiry: Height(900_000), signedBy: key)
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

    /// Hands the nodes at these sockets the batches of the issuers, some under way at a time.
    static func send<Batches: Sequence & Sendable>(
        _ batches: [Batches], to sockets: [String]
    ) async throws -> CommitTimes where Batches.Element == [UInt8] {
        let start = ContinuousClock.now
        return try await withThrowingTaskGroup(of: [Double].self) { group in
            for (index, own) in batches.enumerated() {
                let client = try await NodeClient(socket: sockets[index % sockets.count])
                group.addTask {
                    let times = try await send(own, to: client, since: start)
                    await client.close()
                    return times
                }
            }
            var times: [Double] = []
            for try await own in group { times += own }
            return CommitTimes(times)
        }
    }

    private static func send(
        _ batches: some Sequence<[UInt8]>, to client: NodeClient,
        since start: ContinuousClock.Instant
    ) async throws -> [Double] {
        try await withThrowingTaskGroup(of: Double.self) { group in
            var times: [Double] = []
            for (index, batch) in batches.enumerated() {
                if index >= 16, let time = try await group.next() { times.append(time) }
                group.addTask {
                    _ = try await client.submitBatch(batch, waits: true)
                    return (ContinuousClock.now - start) / .seconds(1)
                }
            }
            for try await time in group { times.append(time) }
            return times
        }
    }

    private static func id(_ type: UInt64, _ number: UInt64) -> OpaqueID {
        OpaqueID(prefixOf: SHA256.hash(Array("access \(type) \(number)".utf8)))
    }
}
