internal import Cryptography
internal import Foundation
internal import Primitives
internal import Sealing
internal import Testing
internal import Transport

@testable import custos

@Suite("Key files")
struct KeyFileTests {
    private let folder: TemporaryFolder
    private let id: InstitutionID

    init() throws {
        folder = try TemporaryFolder()
        id = try #require(InstitutionID("county-hospital"))
    }

    @Test func secretsAndPublicHalfBelongTogether() throws {
        let secrets = SecretFolder(of: id, in: folder.path)
        let made = try secrets.make(for: id, streams: [0, 7], governors: 2)
        let path = try folder.file("county-hospital.public.yaml", made.text)
        let read = try PublicFile(path: path)

        #expect(read.id == id)
        #expect(read.submit.map(\.stream) == [0, 7])
        #expect(read.govern.count == 2)
        let stream7 = try SecretFile(path: secrets.submit(7)).signingKey(secrets.submit(7))
        #expect(read.submit[1].key == stream7.publicKey)
        let consensus = try SecretFile(path: secrets.consensus).signingKey(secrets.consensus)
        #expect(read.consensus == consensus.publicKey)
    }

    @Test func tlsKeyHasItsPin() throws {
        let secrets = SecretFolder(of: id, in: folder.path)
        let made = try secrets.make(for: id, streams: [0], governors: 1)
        let identity = try TLSIdentity(
            certificatePEM: try Files.readText(secrets.tlsCertificate),
            privateKeyPEM: try Files.readText(secrets.tlsKey))
        #expect(made.tls == identity.pin)
    }

    @Test func sealKeyOpensWhatIsSealedToIt() throws {
        let secrets = SecretFolder(of: id, in: folder.path)
        let made = try secrets.make(for: id, streams: [0], governors: 1)
        let key = try SealSecretKey(try SecretFile(path: secrets.seal).bytes)
        #expect(try key.publicKey.bytes == made.seal)
    }

    @Test func everyKeyIsItsOwn() throws {
        let made = try SecretFolder(of: id, in: folder.path)
            .make(for: id, streams: [0, 1], governors: 3)
        let keys = made.submit.map(\.key) + made.govern + [try #require(made.consensus)]
        #expect(Set(keys).count == 6)
    }

    @Test func secretsAreTheirOwnersAlone() throws {
        let secrets = SecretFolder(of: id, in: folder.path)
        _ = try secrets.make(for: id, streams: [0], governors: 1)
        let names = try FileManager.default.contentsOfDirectory(atPath: secrets.path)
        for name in names where name != "tls.pem" {
            let path = "\(secrets.path)/\(name)"
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o600, "\(name)")
        }
    }

    @Test func keysAreNeverWrittenOver() throws {
        let secrets = SecretFolder(of: id, in: folder.path)
        _ = try secrets.make(for: id, streams: [0], governors: 1)
        let before = try Files.read(secrets.consensus)
        #expect(throws: Failure.self) {
            try secrets.make(for: id, streams: [0], governors: 1)
        }
        #expect(try Files.read(secrets.consensus) == before)
    }

    @Test(arguments: [
        "", "custos secret 1\nx\nabcd\n",
        "custos secret 2\nx\n" + String(repeating: "0", count: 64),
        "custos secret 1\nx\n" + String(repeating: "g", count: 64),
    ])
    func refusesWhatIsNoSecret(text: String) throws {
        let path = try folder.file("a.secret", text)
        let failure = #expect(throws: Failure.self) { try SecretFile(path: path) }
        #expect(failure?.message.contains("a.secret") == true)
    }

    @Test func refusesKeysThatAreNoPoints() throws {
        let wrong = "02" + String(repeating: "f", count: 64)
        let path = try folder.file("a.yaml", "id: a\nconsensus: \(wrong)\n")
        let failure = #expect(throws: Failure.self) { try PublicFile(path: path) }
        #expect(failure?.message.contains("secp256k1") == true)
        let zero = String(repeating: "0", count: 64)
        let secret = try folder.file("a.secret", "custos secret 1\nx\n\(zero)\n")
        #expect(throws: Failure.self) { try SecretFile(path: secret).signingKey(secret) }
    }
}
