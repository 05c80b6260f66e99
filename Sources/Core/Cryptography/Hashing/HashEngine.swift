internal import CSHA256

/// What computes several hashes; all give the same.
enum HashEngine: CaseIterable {
    /// Sixteen messages at once, each in a lane of the processor's vectors, and of the rest two.
    case sixteen
    /// Two messages in step, by the processor's instructions for SHA-256.
    case two
    /// One message after the other, by OpenSSL.
    case one

    /// Those that this processor has, the quickest first.
    static let supported = allCases.filter(\.isSupported)

    static let quickest = supported.first ?? .one

    private var isSupported: Bool {
        switch self {
        case .sixteen: csha256_is_supported() && csha256_has_lanes()
        case .two: csha256_is_supported()
        case .one: true
        }
    }
}
