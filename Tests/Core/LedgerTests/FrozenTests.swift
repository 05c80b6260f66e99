import Cryptography
import Ledger
import Primitives
import Records
import TestSupport
import Testing

@Suite("Frozen bytes of the ledger")
struct FrozenTests {
    @Test("genesis, batch, header, block, state and rows are what they were")
    func frozen() throws {
        let network = try TestNetwork()
        var state = LedgerState(genesis: network.genesis)
        var items: [(String, [UInt8])] = [
            ("genesis", network.genesis.encode()),
            ("ledger id", network.ledger.digest.bytes),
            ("state root of genesis", state.stateRoot.bytes),
        ]
        let entries = [
            TestNetwork.access("insurer", 1), TestNetwork.finding("insurer", 2, "F"),
            try TestNetwork.credential("insurer", 3, "nurse"),
        ]
        let batch = try network.verified(entries, in: state)
        items.append(("batch", batch.bytes))
        items.append(("batch digest", batch.digest.bytes))
        let first = try TestNetwork.execute([batch], on: state)
        items += [
            ("header 1", first.header.encode()), ("block 1", first.block.encode()),
            ("block hash 1", first.block.hash.bytes),
        ]
        let rows = state.apply(first)
        items += rows.map { ("row 1 \($0.kind) \($0.number)", $0.bytes) }
        let forms: [(LedgerRow.Kind, UInt8)] = [(.changes, 0x86), (.runs, 0x83)]
        for (kind, start) in forms {
            items += rows.filter { $0.kind == kind }.map {
                let former = state.row($0, of: first, inTheFormOf: [start, 0x01])
                return ("row 1 \(kind), by older versions", former.bytes)
            }
        }
        let second = try TestNetwork.execute([], on: state)
        items.append(("block 2", second.block.encode()))
        items += state.apply(second).map { ("row 2 \($0.kind) \($0.number)", $0.bytes) }
        let term = Term.patient(TestNetwork.opaque("patient"))
        items.append(("head of a patient", state.map.head(of: term)?.encode() ?? []))
        var writer = CBORWriter()
        state.map.proof(of: .term(term))?.encode(into: &writer)
        items.append(("map proof of a patient", writer.bytes))
        #expect(try FrozenBytes.check("ledger.txt", items) == nil)
    }
}
