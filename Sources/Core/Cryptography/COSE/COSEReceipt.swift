public import Primitives

/// One validator's word that a leaf stands in the tree of a block.
///
/// It is the validator's precommit, whose detached payload is the tree root, with the leaf's
/// inclusion proof in the unprotected header: `18([protected, {396: {-1: [proof]}}, null,
/// signature])`, where the proof is `[tree size, leaf index, [* hash]]` as a byte string.
/// One receipt is neither finality nor a quorum. Believed in nothing before it is verified.
///
/// The signature covers header and root. It does not cover the tree size: where another size
/// gives a path of the same form, the receipt proves the leaf under the same root all the same.
/// Who needs the size takes it from the block's header.
///
/// Source: RFC 9942, sections 4 and 5.
public struct COSEReceipt: Hashable, Sendable {
    public let header: COSEHeader
    public let proof: InclusionProof
    public let signature: Signature

    private let protected: [UInt8]

    /// The receipt that a precommit and an inclusion proof make.
    public init(header: COSEHeader, proof: InclusionProof, signature: Signature) {
        self.header = header
        self.proof = proof
        self.signature = signature
        self.protected = header.encoded
    }

    /// The receipt with these bytes.
    ///
    /// - Throws: ``CryptographyError/encoding(_:)`` or ``CryptographyError/algorithm(_:)``.
    public init(decoding bytes: [UInt8]) throws(CryptographyError) {
        do throws(CBORError) {
            var reader = CBORReader(bytes)
            try reader.tag(COSESign1.tag)
            try reader.array(exactly: 4)
            protected = Array(try reader.bytes(atMost: COSEHeader.byteCountMax))
            proof = try COSEReceipt.proof(&reader)
            guard try reader.isNull() else {
                throw .unexpected(
                    offset: reader.offset, expected: "null for a detached payload",
                    found: "a payload")
            }
            signature = try reader.signature()
            try reader.finish()
        } catch {
            throw .encoding(error)
        }
        header = try COSEHeader(decoding: protected[...])
    }

    /// The receipt as CBOR, with tag 18.
    public var encoded: [UInt8] {
        var inner = CBORWriter(reservingCapacity: 32 + proof.path.count * 34)
        inner.array(3)
        inner.unsigned(proof.treeSize)
        inner.unsigned(proof.leafIndex)
        inner.array(proof.path.count)
        for hash in proof.path { inner.digest(hash) }
        var writer = CBORWriter(reservingCapacity: protected.count + inner.bytes.count + 96)
        writer.tag(COSESign1.tag)
        writer.array(4)
        writer.bytes(protected)
        writer.map(1)
        writer.integer(COSEReceipt.proofsLabel)
        writer.map(1)
        writer.integer(COSEReceipt.inclusionLabel)
        writer.array(1)
        writer.bytes(inner.bytes)
        writer.null()
        writer.signature(signature)
        return writer.bytes
    }

    /// Returns only if `key` signed the root of a tree in which `leafHash` stands.
    ///
    /// - Returns: the tree root that was signed; the header may be believed as well.
    /// - Throws: ``CryptographyError/purpose(found:expected:)`` where this is no receipt,
    ///   ``CryptographyError/keyMismatch(named:expected:)``, what
    ///   ``InclusionProof/root(leafHash:)`` throws, or ``CryptographyError/signature(key:)``,
    ///   which is also what a wrong leaf or path ends in.
    public func verify(leafHash: Digest, by key: PublicKey) throws(CryptographyError) -> Digest {
        guard header.isOfReceipt else {
            throw .purpose(found: header.purpose?.mediaType, expected: "a receipt")
        }
        let keyID = key.keyID
        guard header.keyID == keyID else {
            throw .keyMismatch(named: header.keyID, expected: keyID)
        }
        let root = try proof.root(leafHash: leafHash)
        let digest = COSESign1.digest(protected: protected[...], payload: root.bytes[...])
        guard key.isValid(signature, for: digest) else { throw .signature(key: keyID) }
        return root
    }

    private static let proofsLabel: Int64 = 396
    private static let inclusionLabel: Int64 = -1

    private static func proof(_ reader: inout CBORReader) throws(CBORError) -> InclusionProof {
        try label(proofsLabel, &reader)
        try label(inclusionLabel, &reader)
        try reader.array(exactly: 1)
        let start = reader.offset
        let byteCountMax = 32 + InclusionProof.pathCountMax * 34
        var inner = CBORReader(try reader.bytes(atMost: byteCountMax))
        try inner.array(exactly: 3)
        let treeSize = try inner.unsigned()
        guard treeSize > 0 else {
            throw .outOfRange(offset: start, what: "tree size", limit: .max)
        }
        let leafIndex = try inner.unsigned("leaf index", atMost: treeSize - 1)
        var path: [Digest] = []
        for _ in 0..<(try inner.array(atMost: InclusionProof.pathCountMax)) {
            path.append(try inner.digest())
        }
        try inner.finish()
        return InclusionProof(leafIndex: leafIndex, treeSize: treeSize, path: path)
    }

    /// Opens a map of one field, with this label.
    private static func label(
        _ expected: Int64, _ reader: inout CBORReader
    ) throws(CBORError) {
        let start = reader.offset
        guard try reader.map(atMost: 1) == 1 else {
            throw .key(offset: start, key: UInt64(bitPattern: expected), problem: .missing)
        }
        let found = try reader.integer()
        guard found == expected else {
            throw .unexpected(
                offset: start, expected: "header field \(expected)", found: "field \(found)")
        }
    }
}
