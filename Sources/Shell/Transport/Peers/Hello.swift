internal import Primitives

/// What two nodes say first: which ledger, and which versions of the protocol they speak.
///
/// Who they are stands in no hello: TLS has proved it by then. Source: `docs/formats/wire.md`.
struct Hello: Equatable {
    let ledger: LedgerID
    /// From the oldest to the newest version that is spoken.
    let speaks: ClosedRange<ProtocolVersion>

    init(ledger: LedgerID, speaks: ClosedRange<ProtocolVersion>) {
        self.ledger = ledger
        self.speaks = speaks
    }

    /// The hello of one who speaks nothing newer than `version`.
    func through(_ version: ProtocolVersion) -> Hello {
        Hello(ledger: ledger, speaks: speaks.clamped(to: .first...version))
    }

    /// `[newest, ledger id, oldest]`; those of version 1 say `[1, ledger id]`, and hang up on
    /// anything else.
    var encoded: [UInt8] {
        let isFirst = speaks.upperBound == .first
        var writer = CBORWriter(reservingCapacity: 48)
        writer.array(isFirst ? 2 : 3)
        writer.unsigned(speaks.upperBound.number)
        writer.digest(ledger.digest)
        if !isFirst { writer.unsigned(speaks.lowerBound.number) }
        return writer.bytes
    }

    init(_ bytes: ArraySlice<UInt8>) throws(TransportError) {
        do throws(CBORError) {
            var reader = CBORReader(bytes)
            let count = try reader.array(atMost: 64)
            let newest = ProtocolVersion(try reader.unsigned("version", atMost: 1 << 32))
            ledger = LedgerID(try reader.digest())
            guard newest >= .first, count >= 3 || newest == .first else {
                throw .outOfRange(offset: 1, what: "version in \(count) items", limit: 1)
            }
            guard count >= 3 else {
                try reader.finish()
                speaks = .first ... .first
                return
            }
            let oldest = ProtocolVersion(
                try reader.unsigned("oldest version", atMost: newest.number))
            // What later versions say besides is theirs.
            for _ in 3..<count { _ = try reader.item() }
            try reader.finish()
            speaks = oldest...newest
        } catch {
            throw .malformed("hello: \(error)")
        }
    }

    /// The newest version that both speak.
    ///
    /// - Throws: where the other side belongs to another ledger, or there is no such version.
    func agree(with other: Hello) throws(TransportError) -> ProtocolVersion {
        guard ledger == other.ledger else {
            throw .otherLedger(found: other.ledger, expected: ledger)
        }
        guard speaks.overlaps(other.speaks) else {
            throw .version(found: other.speaks, supported: speaks)
        }
        return min(speaks.upperBound, other.speaks.upperBound)
    }
}
