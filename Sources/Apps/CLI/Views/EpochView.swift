internal import Primitives
internal import Proofs

/// What an answer has of a patient in one epoch: the complete list of one pseudonym.
struct EpochView: Encodable {
    let epoch: UInt32
    let pseudonym: String
    /// How many entries its list has in the blocks that were looked at.
    let listed: Int

    /// One for each pseudonym that a query names; `counts` as the pages give them.
    static func all(_ epochs: [PatientEpoch], _ counts: [Int]) -> [EpochView] {
        zip(epochs, counts).map { item, count in
            EpochView(
                epoch: item.epoch, pseudonym: item.pseudonym.description, listed: count)
        }
    }

    var line: String {
        "  epoch \(epoch): \(listed) entries of \(pseudonym), proved complete"
    }
}
