import Interop
import Primitives

/// Ids that depend on the identifier alone, without keys: enough to tell who is who in a test.
struct TestPseudonyms: PseudonymSource {
    /// Identifiers that nobody knows.
    var unknown: Set<String> = []

    func patient(_ identifier: String) -> OpaqueID? { id("patient", identifier) }
    func practitioner(_ identifier: String) -> OpaqueID? { id("practitioner", identifier) }
    func claim(_ identifier: String, issuer: InstitutionID) -> OpaqueID? {
        id("claim \(issuer)", identifier)
    }
    func prescription(_ identifier: String, issuer: InstitutionID) -> OpaqueID? {
        id("prescription \(issuer)", identifier)
    }

    private func id(_ domain: String, _ identifier: String) -> OpaqueID? {
        guard !unknown.contains(identifier) else { return nil }
        var (first, second): (UInt64, UInt64) = (0xcbf2_9ce4_8422_2325, 0x9e37_79b9_7f4a_7c15)
        for byte in "\(domain)|\(identifier)".utf8 {
            first = (first ^ UInt64(byte)) &* 0x100_0000_01b3
            second = (second &* 31) ^ (first >> 7)
        }
        let bytes = [first, second].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64($0 * 8)) }
        }
        return OpaqueID(bytes)
    }
}
