internal import Cryptography
public import Primitives
public import Records

/// What somebody did, or is asked about, whatever messages show it: it counts once.
public struct Offence: Hashable, Sendable {
    public let kind: EvidenceBody.Kind
    public let institution: InstitutionID
    /// Where it was done, by kind: height and round; stream and number; height, and the round and
    /// block that were claimed.
    private let place: [UInt64]
    private let block: Digest?

    init(
        _ kind: EvidenceBody.Kind, _ institution: InstitutionID, _ place: [UInt64],
        block: Digest? = nil
    ) {
        self.kind = kind
        self.institution = institution
        self.place = place
        self.block = block
    }

    /// The key in the state map: SHA-256 of `[kind, institution, [+ uint], block hash / null]`.
    public var digest: Digest {
        var writer = CBORWriter(reservingCapacity: 96)
        writer.array(4)
        writer.unsigned(UInt64(kind.rawValue))
        writer.institution(institution)
        writer.array(place.count)
        for number in place { writer.unsigned(number) }
        if let block { writer.digest(block) } else { writer.null() }
        return SHA256.hash(writer.bytes)
    }
}

extension Offence: CustomStringConvertible {
    public var description: String {
        let numbers = place.map(String.init)
        let what =
            switch kind {
            case .doubleEntry: "stream \(numbers[0]), number \(numbers[1])"
            case .doubleVote, .doubleProposal, .brokenLock:
                "height \(numbers[0]), round \(numbers[1])"
            case .unprovedLock, .proofOfLock:
                "height \(numbers[0]), valid round \(numbers[1])"
            }
        return "\(kind) by \(institution), \(what)"
    }
}
