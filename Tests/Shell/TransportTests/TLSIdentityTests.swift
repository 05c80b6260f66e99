internal import Crypto
internal import Primitives
internal import SwiftASN1
internal import Testing
internal import X509

@testable import Transport

@Suite("TLSIdentity")
struct TLSIdentityTests {
    private func make(_ name: String) throws -> TLSIdentity {
        try TLSIdentity.make(for: #require(InstitutionID(name)))
    }

    @Test func keepsItsPinOverFiles() throws {
        let made = try make("county-hospital")
        let read = try TLSIdentity(
            certificatePEM: made.certificatePEM, privateKeyPEM: made.privateKeyPEM)
        #expect(read.pin == made.pin)
    }

    @Test func hasAKeyOfItsOwn() throws {
        #expect(try make("a").pin != make("a").pin)
    }

    /// The pin by another road: the certificate's own SubjectPublicKeyInfo, hashed here.
    @Test func pinsTheSubjectPublicKeyInfo() throws {
        let made = try make("insurer")
        let certificate = try Certificate(pemEncoded: made.certificatePEM)
        var serializer = DER.Serializer()
        try serializer.serialize(certificate.publicKey)
        #expect(
            Primitives.Digest(Array(SHA256.hash(data: serializer.serializedBytes))) == made.pin)
        #expect(certificate.subject.description == "CN=insurer")
    }

    @Test func refusesAKeyThatIsNotTheCertificates() throws {
        let (one, other) = (try make("a"), try make("b"))
        #expect(throws: TransportError.self) {
            try TLSIdentity(
                certificatePEM: one.certificatePEM, privateKeyPEM: other.privateKeyPEM)
        }
    }

    @Test(arguments: ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
    func refusesWhatIsNoCertificate(_ text: String) throws {
        let key = try make("a").privateKeyPEM
        #expect(throws: TransportError.self) {
            try TLSIdentity(certificatePEM: text, privateKeyPEM: key)
        }
    }
}

@Suite("PeerBook")
struct PeerBookTests {
    @Test func knowsAPinUntilTheLedgerSaysOtherwise() throws {
        let id = try #require(InstitutionID("a"))
        let (first, second) = (
            try #require(Digest(hex: String(repeating: "11", count: 32))),
            try #require(Digest(hex: String(repeating: "22", count: 32)))
        )
        let book = PeerBook([id: first])
        #expect(book.institution(with: first) == id)
        book.replace(with: [id: second])
        #expect(book.institution(with: first) == nil)
        #expect(book.institution(with: second) == id)
    }
}
