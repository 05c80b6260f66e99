public import Primitives

/// A signed message from anybody: well-formed, and believed in nothing yet.
///
/// ``verified(by:as:externalAAD:detachedPayload:check:)`` is the only way on. Its parts
/// are slices of the bytes that came, so that what was signed is what is checked.
public struct UnverifiedSign1: Sendable {
    /// What the header claims.
    public let header: COSEHeader
    /// The protected header in the bytes that came.
    public let protected: ArraySlice<UInt8>
    /// The payload that came with it, or nil where it is detached.
    public let payload: ArraySlice<UInt8>?
    public let signature: Signature

    /// The message with these bytes: tag 18, an empty unprotected header, nothing after it.
    ///
    /// - Throws: ``CryptographyError/encoding(_:)`` or ``CryptographyError/algorithm(_:)``.
    public init(decoding bytes: [UInt8]) throws(CryptographyError) {
        try self.init(decoding: bytes[...])
    }

    /// The message with these bytes: tag 18, an empty unprotected header, nothing after it.
    ///
    /// - Throws: ``CryptographyError/encoding(_:)`` or ``CryptographyError/algorithm(_:)``.
    public init(decoding bytes: ArraySlice<UInt8>) throws(CryptographyError) {
        do throws(CBORError) {
            var reader = CBORReader(bytes)
            try reader.tag(COSESign1.tag)
            try reader.array(exactly: 4)
            protected = try reader.bytes(atMost: COSEHeader.byteCountMax)
            _ = try reader.map(atMost: 0)
            payload = try reader.isNull() ? nil : try reader.bytes()
            signature = try reader.signature()
            try reader.finish()
        } catch {
            throw .encoding(error)
        }
        header = try COSEHeader(decoding: protected)
    }

    /// The message made of parts that travelled in another form, such as a vote.
    public init(header: COSEHeader, payload: [UInt8]?, signature: Signature) {
        self.header = header
        self.protected = header.encoded[...]
        self.payload = payload.map { $0[...] }
        self.signature = signature
    }

    /// The same message, now known to be signed by `key` for `purpose`.
    ///
    /// `detachedPayload` is given exactly where the message has none of its own. `check` says
    /// whether a key made a signature over a digest: with nothing given, ES256K does.
    ///
    /// - Throws: ``CryptographyError/keyMismatch(named:expected:)``,
    ///   ``CryptographyError/purpose(found:expected:)``, ``CryptographyError/payload(detached:)``
    ///   or ``CryptographyError/signature(key:)``.
    public func verified(
        by key: PublicKey, as purpose: COSEPurpose, externalAAD: [UInt8] = [],
        detachedPayload: [UInt8]? = nil,
        check: (Signature, Digest, PublicKey) -> Bool = { $2.isValid($0, for: $1) }
    ) throws(CryptographyError) -> VerifiedSign1 {
        let keyID = key.keyID
        guard header.keyID == keyID else {
            throw .keyMismatch(named: header.keyID, expected: keyID)
        }
        guard header.purpose == purpose else {
            throw .purpose(found: header.purpose?.mediaType, expected: purpose.mediaType)
        }
        let signed: ArraySlice<UInt8>
        switch (payload, detachedPayload) {
        case (let own?, nil): signed = own
        case (nil, let detached?): signed = detached[...]
        case (nil, nil): throw .payload(detached: true)
        case (_?, _?): throw .payload(detached: false)
        }
        let digest = COSESign1.digest(
            protected: protected, payload: signed, externalAAD: externalAAD)
        guard check(signature, digest, key) else {
            throw .signature(key: keyID)
        }
        return VerifiedSign1(header: header, payload: signed, key: key)
    }
}

/// A message whose signature has been checked, with the key that made it.
public struct VerifiedSign1: Sendable {
    public let header: COSEHeader
    /// What was signed, inside the message or detached.
    public let payload: ArraySlice<UInt8>
    public let key: PublicKey

    init(header: COSEHeader, payload: ArraySlice<UInt8>, key: PublicKey) {
        self.header = header
        self.payload = payload
        self.key = key
    }
}
