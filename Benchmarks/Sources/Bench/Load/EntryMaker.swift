internal import Cryptography
internal import Primitives
internal import Records

/// Entries of 256 bytes or 1 KiB, each about a patient of 100,000, a practitioner of 2,000 and an
/// institution of 100; a seed gives the same ones again.
struct EntryMaker {
    static let patientCount: UInt64 = 100_000
    static let practitionerCount: UInt64 = 2_000

    /// How long the entries are, about.
    enum Size: String, Sendable {
        case short = "256 bytes"
        case long = "1 KiB"

        /// As many recipients as make an entry that long.
        var recipientCount: Int { self == .short ? 5 : 56 }
    }

    private let issuer: InstitutionID
    private let others: [InstitutionID]
    private let recipients: [InstitutionID]
    private var random: SplitMix
    private(set) var nextNumber: UInt64 = 1

    init(issuer: InstitutionID, seed: UInt64, size: Size = .short) throws {
        self.issuer = issuer
        others = try (0..<BenchNetwork.institutionCount)
            .map { try BenchNetwork.id(BenchNetwork.name($0)) }.filter { $0 != issuer }
        recipients = Array(
            others.filter { $0.name.hasPrefix("institution-") }.sorted()
                .suffix(size.recipientCount))
        random = SplitMix(seed: seed)
    }

    mutating func next() -> [UInt8] {
        let entry = Entry(
            kind: .access, issuer: issuer, stream: StreamID(0), number: nextNumber,
            eventTime: Timestamp(
                milliseconds: 1_790_000_000_000 + Int64(random.next() % 86_400_000)),
            subjects: [
                .patient(Self.id(1, random.next() % Self.patientCount)),
                .practitioner(Self.id(2, random.next() % Self.practitionerCount)),
                .institution(others[Int(random.next() % UInt64(others.count))]),
            ],
            commitment: random.digest(), sealedPayload: random.digest(),
            recipients: recipients,
            access: AccessHeader(
                action: .read, purpose: .treatment, basis: .relationship, outcome: .success))
        nextNumber += 1
        return entry.encode()
    }

    private static func id(_ type: UInt64, _ number: UInt64) -> OpaqueID {
        OpaqueID(prefixOf: Digest(words: (mixed(type), mixed(number), 0, 0)))
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var random = SplitMix(seed: value)
        return random.next()
    }
}

/// A small, fast generator whose whole state is its seed.
///
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func digest() -> Digest {
        Digest(words: (next(), next(), next(), next()))
    }
}
