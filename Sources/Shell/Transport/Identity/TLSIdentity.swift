internal import Crypto
internal import Foundation
internal import NIOSSL
public import Primitives
internal import SwiftASN1
internal import X509

/// A node's TLS key and the self-signed certificate that carries it.
///
/// ECDSA on P-256, because TLS libraries do not take secp256k1. The certificate's name and dates
/// mean nothing here: who a node is, its pin says, and the ledger says whose pin it is.
public struct TLSIdentity: Sendable {
    /// SHA-256 of the key's SubjectPublicKeyInfo, DER: what the ledger knows the key by.
    public let pin: Primitives.Digest

    /// When the certificate's dates end; nil where that cannot be told.
    ///
    /// Nodes do not look at it, programs between them may.
    public let notAfter: Timestamp?

    /// The certificate, PEM.
    public let certificatePEM: String

    /// The private key, PEM (PKCS #8): to be kept in a file of mode 0600.
    public let privateKeyPEM: String

    /// Makes a new key, and a certificate for it that names the institution.
    public static func make(for institution: InstitutionID) throws(TransportError) -> TLSIdentity {
        try make(for: institution, P256.Signing.PrivateKey(), years: 100)
    }

    /// A new certificate for the same key, which peers know already.
    func renewed(
        for institution: InstitutionID, years: Double
    ) throws(TransportError) -> TLSIdentity {
        guard let key = try? P256.Signing.PrivateKey(pemRepresentation: privateKeyPEM) else {
            throw .identity("the TLS key is no P-256 key")
        }
        return try TLSIdentity.make(for: institution, key, years: years)
    }

    private static func make(
        for institution: InstitutionID, _ key: P256.Signing.PrivateKey, years: Double
    ) throws(TransportError) -> TLSIdentity {
        do {
            let name = try DistinguishedName { CommonName(institution.name) }
            let now = Date()
            let certificate = try Certificate(
                version: .v3, serialNumber: Certificate.SerialNumber(),
                publicKey: Certificate.PublicKey(key.publicKey), notValidBefore: now,
                notValidAfter: now.addingTimeInterval(years * 365.25 * 86_400),
                issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
                extensions: Certificate.Extensions {
                    Critical(BasicConstraints.notCertificateAuthority)
                    KeyUsage(digitalSignature: true)
                },
                issuerPrivateKey: Certificate.PrivateKey(key))
            return try TLSIdentity(
                certificatePEM: certificate.serializeAsPEM().pemString,
                privateKeyPEM: key.pemRepresentation)
        } catch let error as TransportError {
            throw error
        } catch {
            throw .identity("no TLS certificate could be made: \(error)")
        }
    }

    /// Takes a certificate and its key as they were kept in files.
    public init(certificatePEM: String, privateKeyPEM: String) throws(TransportError) {
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMBytes(Array(certificatePEM.utf8))
            _ = try NIOSSLPrivateKey(bytes: Array(privateKeyPEM.utf8), format: .pem)
        } catch {
            throw .identity("the TLS certificate or key is not PEM that can be read: \(error)")
        }
        guard let certificate = certificates.first, certificates.count == 1 else {
            throw .identity("a TLS certificate file must hold one certificate")
        }
        pin = try certificate.pin()
        let key = try? P256.Signing.PrivateKey(pemRepresentation: privateKeyPEM)
        guard let key, SHA256.hash(key.publicKey) == pin else {
            throw .identity("the TLS key is not the P-256 key of the certificate")
        }
        let dates = try? Certificate(pemEncoded: certificatePEM)
        notAfter = dates.map {
            Timestamp(milliseconds: Int64($0.notValidAfter.timeIntervalSince1970 * 1_000))
        }
        self.certificatePEM = certificatePEM
        self.privateKeyPEM = privateKeyPEM
    }
}

extension SHA256 {
    fileprivate static func hash(_ key: P256.Signing.PublicKey) -> Primitives.Digest? {
        Primitives.Digest(Array(SHA256.hash(data: key.derRepresentation)))
    }
}

extension NIOSSLCertificate {
    /// SHA-256 of the SubjectPublicKeyInfo.
    func pin() throws(TransportError) -> Primitives.Digest {
        let info: [UInt8]
        do {
            info = try extractPublicKey().toSPKIBytes()
        } catch {
            throw .noCertificate(detail: String(describing: error))
        }
        guard let pin = Primitives.Digest(Array(SHA256.hash(data: info))) else {
            throw .noCertificate(detail: "no digest")
        }
        return pin
    }
}
