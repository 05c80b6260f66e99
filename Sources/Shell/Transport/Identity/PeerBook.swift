public import Primitives
internal import Synchronization

/// Whose TLS pin is whose, as the ledger says now.
///
/// The ledger may give an institution a new pin at any height, so the book can be replaced while
/// connections are open; those that were made under the old one stay until they end.
public final class PeerBook: Sendable {
    private let pins: Mutex<[Digest: InstitutionID]>

    public init(_ pins: [InstitutionID: Digest] = [:]) {
        self.pins = Mutex(PeerBook.inverted(pins))
    }

    public func replace(with pins: [InstitutionID: Digest]) {
        let inverted = PeerBook.inverted(pins)
        self.pins.withLock { $0 = inverted }
    }

    public func institution(with pin: Digest) -> InstitutionID? {
        pins.withLock { $0[pin] }
    }

    private static func inverted(_ pins: [InstitutionID: Digest]) -> [Digest: InstitutionID] {
        Dictionary(pins.map { ($1, $0) }, uniquingKeysWith: min)
    }
}
