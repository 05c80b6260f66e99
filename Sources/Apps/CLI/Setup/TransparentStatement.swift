internal import Cryptography
internal import Primitives
internal import Proofs
internal import Records

/// A statement with receipts in its unprotected header: believed in nothing yet.
struct TransparentStatement {
    let statement: StatementBody
    let receipts: [COSEReceipt]

    static func reading(_ bytes: [UInt8]) throws(ProofFailure) -> TransparentStatement {
        do {
            return TransparentStatement(
                statement: try StatementBody(emptying: bytes),
                receipts: try StatementBody.receipts(in: bytes).map {
                    try COSEReceipt(decoding: $0)
                })
        } catch {
            throw ProofFailure(.form, "the Transparent Statement is malformed: \(error)")
        }
    }
}
