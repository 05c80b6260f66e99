internal import Primitives

/// What two nodes say first: which protocol, which ledger.
///
/// Who they are stands in no hello: TLS has proved it by then.
struct Hello: Equatable {
    static let version: UInt64 = 1

    let ledger: LedgerID

    var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: 40)
        writer.array(2)
        writer.unsigned(Hello.version)
        writer.digest(ledger.digest)
        return writer.bytes
    }

    init(ledger: LedgerID) {
        self.ledger = ledger
    }

    init(_ bytes: ArraySlice<UInt8>) throws(TransportError) {
        let version: UInt64
        do throws(CBORError) {
            var reader = CBORReader(bytes)
            try reader.array(exactly: 2)
            version = try reader.unsigned()
            ledger = LedgerID(try reader.digest())
            try reader.finish()
        } catch {
            throw .malformed("hello: \(error)")
        }
        guard version == Hello.version else {
            throw .version(found: version, supported: Hello.version)
        }
    }

    /// Throws where the other side belongs to another ledger.
    func check(_ other: Hello) throws(TransportError) {
        guard ledger == other.ledger else {
            throw .otherLedger(found: other.ledger, expected: ledger)
        }
    }
}
