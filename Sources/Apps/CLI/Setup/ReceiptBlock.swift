internal import Cryptography
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs

/// The block that receipts of an entry name: believed in nothing yet.
struct ReceiptBlock {
    let height: Height
    let hash: Digest

    /// Nil where the bytes hold no receipts.
    ///
    /// - Throws: ``ProofFailure`` where they hold some that name no block of this ledger.
    init?(_ bytes: [UInt8], of ledger: LedgerID) throws(ProofFailure) {
        let receipt: COSEReceipt
        if let single = try? COSEReceipt(decoding: bytes) {
            receipt = single
        } else if ProofKind(bytes) == .statement {
            guard let first = try TransparentStatement.reading(bytes).receipts.first else {
                throw ProofFailure(.commitProof, "the statement bears no receipt")
            }
            receipt = first
        } else {
            return nil
        }
        height = try receipt.height(in: ledger)
        guard let hash = receipt.header.blockHash else {
            throw ProofFailure(.form, "the receipt names no block")
        }
        self.hash = hash
    }

    /// The block's header, as a node has it, once its signatures have been checked.
    ///
    /// - Throws: `Failure` where the node has another block there.
    func header(_ auditor: NodeAuditor, _ client: NodeClient) async throws -> BlockHeader {
        let head = try await auditor.head(height, client)
        guard head.hash == hash else {
            throw Failure(
                .refused,
                "the receipt is of block \(hash) at height \(height); the node has \(head.hash) "
                    + "there")
        }
        return head.header
    }
}
