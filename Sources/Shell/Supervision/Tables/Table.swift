internal import Primitives

/// The first byte of every key of ``SupervisionDatabase``, which says whose row it is.
///
/// The numbers stay.
enum Table: UInt8 {
    /// How far the ledger has been taken in: `height`.
    case mark = 1
    /// Committed entries by leaf index.
    case entry = 2
    /// Subject, then leaf index: where a patient, practitioner, claim … is named.
    case subject = 3
    /// Sealed payloads by commitment.
    case payload = 4
    /// Commitment to leaf index.
    case place = 5
    /// Leaf indexes of committed entries whose payload has not come yet.
    case awaited = 6
    /// Payloads that must still go to a recipient: recipient, stream, first number of the batch.
    case delivery = 7
    /// Payloads that did not match what was committed, or could not be read.
    case mismatch = 8
    /// Findings of this node by id.
    case finding = 9
    /// What rules could not evaluate, by rule and leaf.
    case unevaluated = 10
    /// Answers to submissions by the source system's own name for the event.
    case reference = 11
    /// Pseudonyms that the identity provider gave, by a keyed hash of the identifier.
    case pseudonym = 12
    /// Payloads whose entry is not committed yet: number, 8, and issuer.
    case limbo = 14
    /// Deliveries that a recipient refused.
    case refusal = 13

    /// Leaf index, then hold: the holds on an entry's payload.
    case hold = 15
    /// Erasures that were begun here and are not certified on the ledger, by their ids.
    case erasure = 16
    /// Leaf index, then institution: who certified the erasure of an entry's payload.
    case certificate = 17
    /// Leaf index, then problem: the notices about payloads that this institution anchored.
    case notice = 18

    /// At the identity provider: number, then whose key was made or destroyed under it.
    case person = 19
    /// At the identity provider: person to the number of the last row about it.
    case personPlace = 20
    /// At a supervising node: the persons whose keys it holds.
    case personKey = 21
    /// At a supervising node: how many of the provider's rows it has taken.
    case personMark = 22

    /// Institution, zero, case: how the case stands on the ledger.
    case caseState = 23
    /// Case, then leaf index: the steps of it that count.
    case caseStep = 24
    /// Leaf index: shares and notices of cases that are sealed to this institution.
    case caseGift = 25

    func key(_ parts: [UInt8]...) -> [UInt8] {
        var key = [rawValue]
        for part in parts { key += part }
        return key
    }
}

extension Collection<UInt8> {
    /// The first eight bytes as a number, the most significant first; nil where there are fewer.
    var bigEndianNumber: UInt64? {
        count >= 8 ? prefix(8).reduce(0) { $0 << 8 | UInt64($1) } : nil
    }
}
