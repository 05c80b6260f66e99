public import Primitives

/// The protected header of a message: what the signature says about itself.
///
/// It has the fields that Custos uses and no others; a header with an unknown field is refused,
/// since a field that a reader does not understand may limit what the signature means.
///
/// Source: RFC 9052, section 3.1; RFC 9596 (`typ`); RFC 9597 (CWT claims); RFC 9942 (`vds`).
public struct COSEHeader: Hashable, Sendable {
    /// Which key signed.
    public let keyID: KeyID?
    /// Who says what about which subject; receipts have it.
    public let claims: Claims?
    /// What the signature is for; receipts have none.
    public let purpose: COSEPurpose?
    /// The kind of tree that a receipt is about; 1 is the one of RFC 9162 with SHA-256.
    public let verifiableDataStructure: UInt64?
    /// The hash of the block whose tree root a receipt signs.
    public let blockHash: Digest?

    /// The longest header that is read, in bytes.
    public static let byteCountMax = 1024

    /// Issuer and subject of a receipt, as CWT claims (RFC 8392).
    public struct Claims: Hashable, Sendable {
        public let issuer: String
        public let subject: String

        /// The longest issuer or subject, in bytes.
        public static let byteCountMax = 256

        public init(issuer: String, subject: String) {
            self.issuer = issuer
            self.subject = subject
        }
    }

    /// The header of a message signed by `keyID` for `purpose`.
    public init(keyID: KeyID, purpose: COSEPurpose) {
        self.keyID = keyID
        self.claims = nil
        self.purpose = purpose
        self.verifiableDataStructure = nil
        self.blockHash = nil
    }

    /// The header of a receipt: a validator's signature over the tree root of a block.
    public init(receiptBy keyID: KeyID, claims: Claims, blockHash: Digest) {
        self.keyID = keyID
        self.claims = claims
        self.purpose = nil
        self.verifiableDataStructure = COSEHeader.treeOfRFC9162
        self.blockHash = blockHash
    }

    /// The header with these bytes.
    ///
    /// - Throws: ``CryptographyError/encoding(_:)`` or ``CryptographyError/algorithm(_:)``.
    public init(decoding bytes: ArraySlice<UInt8>) throws(CryptographyError) {
        let fields: Fields
        do throws(CBORError) {
            fields = try COSEHeader.read(bytes)
        } catch {
            throw .encoding(error)
        }
        guard fields.algorithm == COSEHeader.es256k else { throw .algorithm(fields.algorithm) }
        keyID = fields.keyID
        claims = fields.claims
        purpose = fields.purpose
        verifiableDataStructure = fields.verifiableDataStructure
        blockHash = fields.blockHash
    }

    /// Whether this is the header of a receipt.
    public var isOfReceipt: Bool {
        verifiableDataStructure == COSEHeader.treeOfRFC9162 && purpose == nil && blockHash != nil
            && claims != nil
    }

    /// The header in deterministic CBOR.
    public var encoded: [UInt8] {
        let count = 1 + [keyID != nil, claims != nil, purpose != nil].count(where: \.self)
        let more = [verifiableDataStructure != nil, blockHash != nil].count(where: \.self)
        var writer = CBORWriter(reservingCapacity: 192)
        writer.map(count + more)
        writer.integer(Label.algorithm)
        writer.integer(COSEHeader.es256k)
        if let keyID {
            writer.integer(Label.keyID)
            writer.keyID(keyID)
        }
        if let claims {
            writer.integer(Label.claims)
            writer.map(2)
            writer.integer(Label.issuer)
            writer.text(claims.issuer)
            writer.integer(Label.subject)
            writer.text(claims.subject)
        }
        if let purpose {
            writer.integer(Label.type)
            writer.text(purpose.mediaType)
        }
        if let verifiableDataStructure {
            writer.integer(Label.verifiableDataStructure)
            writer.unsigned(verifiableDataStructure)
        }
        if let blockHash {
            writer.integer(Label.blockHash)
            writer.digest(blockHash)
        }
        return writer.bytes
    }

    /// The algorithm of every signature: ECDSA on secp256k1 with SHA-256 (RFC 8812).
    private static let es256k: Int64 = -47
    private static let treeOfRFC9162: UInt64 = 1

    /// Field numbers, in the bytewise order of their encodings.
    private enum Label {
        static let algorithm: Int64 = 1
        static let keyID: Int64 = 4
        static let claims: Int64 = 15
        static let type: Int64 = 16
        static let verifiableDataStructure: Int64 = 395
        static let blockHash: Int64 = -70001

        static let issuer: Int64 = 1
        static let subject: Int64 = 2
    }

    private struct Fields {
        var algorithm: Int64 = 0
        var keyID: KeyID?
        var claims: Claims?
        var purpose: COSEPurpose?
        var verifiableDataStructure: UInt64?
        var blockHash: Digest?
    }

    private static func read(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> Fields {
        var fields = Fields()
        var reader = CBORReader(bytes)
        var previous: ArraySlice<UInt8>?
        for _ in 0..<(try reader.map(atMost: 6)) {
            let start = reader.offset
            let label = try reader.integer()
            let encoding = reader.slice(from: start)
            if let previous, !previous.lexicographicallyPrecedes(encoding) {
                throw .keyOutOfOrder(offset: start)
            }
            if previous == nil, label != Label.algorithm {
                throw .key(offset: start, key: UInt64(Label.algorithm), problem: .missing)
            }
            previous = encoding
            try read(label, &reader, into: &fields)
        }
        guard previous != nil else {
            throw .key(offset: 0, key: UInt64(Label.algorithm), problem: .missing)
        }
        try reader.finish()
        return fields
    }

    private static func read(
        _ label: Int64, _ reader: inout CBORReader, into fields: inout Fields
    ) throws(CBORError) {
        switch label {
        case Label.algorithm: fields.algorithm = try reader.integer()
        case Label.keyID: fields.keyID = try reader.keyID()
        case Label.claims: fields.claims = try claims(&reader)
        case Label.type:
            fields.purpose = COSEPurpose(
                mediaType: try reader.text(atMost: COSEPurpose.byteCountMax))
        case Label.verifiableDataStructure:
            fields.verifiableDataStructure = try reader.unsigned()
        case Label.blockHash: fields.blockHash = try reader.digest()
        default:
            throw .unexpected(
                offset: reader.offset, expected: "a known header field", found: "field \(label)")
        }
    }

    private static func claims(_ reader: inout CBORReader) throws(CBORError) -> Claims {
        let start = reader.offset
        var issuer: String?
        var subject: String?
        try reader.integerMap(atMost: 2) { (key, reader) throws(CBORError) in
            switch Int64(clamping: key) {
            case Label.issuer: issuer = try reader.text(atMost: Claims.byteCountMax)
            case Label.subject: subject = try reader.text(atMost: Claims.byteCountMax)
            default: throw .key(offset: start, key: key, problem: .unknown)
            }
        }
        guard let issuer else { throw .key(offset: start, key: 1, problem: .missing) }
        guard let subject else { throw .key(offset: start, key: 2, problem: .missing) }
        return Claims(issuer: issuer, subject: subject)
    }
}
