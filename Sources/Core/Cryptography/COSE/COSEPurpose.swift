/// What a signature is for: the `typ` of the signed message, which the signature covers.
///
/// A message signed for one purpose is refused for every other, whatever its payload looks like.
///
/// Source: RFC 9596.
public struct COSEPurpose: Hashable, Sendable {
    public let mediaType: String

    /// The longest media type, in bytes.
    public static let byteCountMax = 128

    /// Entries signed together by a `submit` key.
    public static let batch = COSEPurpose(mediaType: "application/x.custos-batch")
    /// A prevote, or a precommit for no block.
    public static let vote = COSEPurpose(mediaType: "application/x.custos-vote")
    /// A proposal of a block.
    public static let proposal = COSEPurpose(mediaType: "application/x.custos-proposal")
    /// What a practitioner signs of an entry.
    public static let author = COSEPurpose(mediaType: "application/x.custos-author")
    /// A vote of an institution's govern key on how the ledger is governed.
    public static let governance = COSEPurpose(mediaType: "application/x.custos-governance")

    public init(mediaType: String) {
        self.mediaType = mediaType
    }
}
