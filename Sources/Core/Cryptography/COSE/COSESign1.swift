public import Primitives

/// A message with one signature, made by us: header, payload and signature.
///
/// What comes from others is an ``UnverifiedSign1`` first.
///
/// Source: RFC 9052, section 4.2.
public struct COSESign1: Hashable, Sendable {
    /// The protected header in the bytes that were signed.
    public let protected: [UInt8]
    /// The payload, or nil where it is detached.
    public let payload: [UInt8]?
    public let signature: Signature

    /// Signs a payload that travels inside the message.
    public init(
        payload: [UInt8], header: COSEHeader, signedBy key: SigningKey, externalAAD: [UInt8] = []
    ) {
        self.init(payload: payload, header: header, externalAAD: externalAAD, sign: key.sign)
    }

    /// Has a payload that travels inside the message signed, by whoever signs digests.
    public init(
        payload: [UInt8], header: COSEHeader, externalAAD: [UInt8] = [],
        sign: (Digest) -> Signature
    ) {
        protected = header.encoded
        self.payload = payload
        signature = sign(
            COSESign1.digest(
                protected: protected[...], payload: payload[...], externalAAD: externalAAD))
    }

    /// Signs a payload that travels apart, or follows from what the reader knows.
    public init(
        detachedPayload: [UInt8], header: COSEHeader, signedBy key: SigningKey,
        externalAAD: [UInt8] = []
    ) {
        self.init(
            detachedPayload: detachedPayload, header: header, externalAAD: externalAAD,
            sign: key.sign)
    }

    /// Has a payload that travels apart signed, by whoever signs digests.
    public init(
        detachedPayload: [UInt8], header: COSEHeader, externalAAD: [UInt8] = [],
        sign: (Digest) -> Signature
    ) {
        protected = header.encoded
        payload = nil
        signature = sign(
            COSESign1.digest(
                protected: protected[...], payload: detachedPayload[...],
                externalAAD: externalAAD))
    }

    /// The message as CBOR, with tag 18 and an empty unprotected header.
    public var encoded: [UInt8] {
        var writer = CBORWriter(
            reservingCapacity: protected.count + (payload?.count ?? 0) + Signature.byteCount + 16)
        writer.tag(COSESign1.tag)
        writer.array(4)
        writer.bytes(protected)
        writer.map(0)
        if let payload { writer.bytes(payload) } else { writer.null() }
        writer.signature(signature)
        return writer.bytes
    }

    /// The hash that is signed: SHA-256 of the Sig_structure (RFC 9052, section 4.4).
    public static func digest(
        protected: ArraySlice<UInt8>, payload: ArraySlice<UInt8>, externalAAD: [UInt8] = []
    ) -> Digest {
        SHA256.hash(
            signatureStructure(protected: protected, payload: payload, externalAAD: externalAAD))
    }

    /// The bytes whose hash is signed: context "Signature1", header, external data, payload.
    public static func signatureStructure(
        protected: ArraySlice<UInt8>, payload: ArraySlice<UInt8>, externalAAD: [UInt8] = []
    ) -> [UInt8] {
        var writer = CBORWriter(
            reservingCapacity: protected.count + payload.count + externalAAD.count + 32)
        writer.array(4)
        writer.text("Signature1")
        writer.bytes(protected)
        writer.bytes(externalAAD)
        writer.bytes(payload)
        return writer.bytes
    }

    /// The tag of a message with one signature.
    static let tag: UInt64 = 18
}
