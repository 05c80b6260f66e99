public import Primitives
internal import Synchronization

/// Whose TLS pin is whose, as the ledger says now.
///
/// The ledger may give an institution a new pin at any height, so the book can be replaced while
/// connections are open; ``Network/recheck()`` then ends those that it does not bear out any more.
public final class PeerBook: Sendable {
    private let pins: Mutex<[Digest: InstitutionID]>

    public init(_ pins: [InstitutionID: Digest] = [:]) {
        self.pins = Mutex(PeerBook.inverted(pins.map { ($0, $1) }))
    }

    public func replace(with pins: [InstitutionID: Digest]) {
        replace(with: pins.map { ($0, $1) })
    }

    /// The same, where an institution may show one of several keys.
    public func replace(with pins: [(institution: InstitutionID, pin: Digest)]) {
        let inverted = PeerBook.inverted(pins)
        self.pins.withLock { $0 = inverted }
    }

    public func institution(with pin: Digest) -> InstitutionID? {
        pins.withLock { $0[pin] }
    }

    /// A pin of the institution, the lowest where it has several; nil where it may not connect.
    public func pin(of institution: InstitutionID) -> Digest? {
        pins.withLock { pins in pins.filter { $0.value == institution }.keys.min() }
    }

    private static func inverted(
        _ pins: [(InstitutionID, Digest)]
    ) -> [Digest: InstitutionID] {
        Dictionary(pins.map { ($1, $0) }, uniquingKeysWith: min)
    }
}
