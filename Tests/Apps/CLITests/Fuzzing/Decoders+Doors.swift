import Hosting
import Records
import Sealing

@testable import Node
@testable import Supervision
@testable import Transport

/// What a node's doors read.
extension Decoders {
    static let all = core + texts + disk + doors + files

    static let doors = [
        Decoder("delivery") { try Delivery(decoding: $0) },
        Decoder("control request") { try ControlRequest.decode($0[...]) },
        Decoder("query answer") { try QueryAnswer.decode($0[...]) },
        Decoder("node status") { try NodeStatus.decode($0[...]) },
        Decoder("desk request") { try DeskRequest.decode($0) },
        Decoder("desk status") { try DeskStatus.decode($0) },
        Decoder("parts of a bundle") { try BundleParts.decode($0) },
        Decoder("trail") { try TrailAnswer.decode($0) },
        Decoder("list of findings") { try FindingList.decode($0) },
        Decoder("history of cases") { try CaseHistory.decode($0) },
        Decoder("question of a peer") { try PeerQuestion.decode($0) },
        Decoder("answer with a table") { try TableAnswer.decode($0) },
        Decoder("pseudonym request") { try PseudonymRequest.decode($0) },
        Decoder("pseudonym answer") { try PseudonymAnswer.decode($0) },
        Decoder("screening answer") { try ScreeningAnswer.decode($0) },
        Decoder("delivery answer") { try DeliveryAnswer.decode($0) },
        Decoder("receipts of a statement") { try StatementBody.receipts(in: $0) },
        Decoder("status of an erasure") { try ErasureStatus.decode($0) },
        Decoder("answer with an entry") { try EntryAnswer.decode($0[...]) },
        Decoder("answer with a batch") { try BatchAnswer.decode($0[...]) },
        Decoder("answer with a block") { try BlockAnswer.decode($0[...]) },
        Decoder("notice of a block") { try CommitNotice.decode($0[...]) },
        Decoder("submission answers") { try SubmissionAnswers.decode($0[...]) },
        Decoder("answer with a disclosure") { try DisclosureAnswer.decode($0) },
        Decoder("answer with an explanation") { try ExplanationAnswer.decode($0) },
        Decoder("answer with names") { try NamesAnswer.decode($0) },
        Decoder("answer with spans") { try SpansAnswer.decode($0) },
        Decoder("answer with a person's keys") { try PersonKeyAnswer.decode($0) },
        Decoder("reports of a trial") { try BackTestReport.decode($0) },
        Decoder("hello of a peer") { try Hello($0[...]) },
        Decoder("frame") { try Frame($0) },
        Decoder("block in the entry index") { IndexedBlock($0) },
        Decoder("place in the entry index") { EntryIndex.Place($0) },
    ]
}
