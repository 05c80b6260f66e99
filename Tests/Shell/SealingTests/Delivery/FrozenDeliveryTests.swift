import Foundation
import Primitives
import Sealing
import Testing

/// A delivery that a program of somebody else has opened; see `Tests/Vectors/sealing`.
@Suite("Frozen delivery")
struct FrozenDeliveryTests {
    @Test func stillOpens() throws {
        let file = try File.load()
        let ledger = LedgerID(try #require(Digest(hex: file.ledger)))
        let delivery = try Delivery(decoding: try #require([UInt8](hex: file.delivery)))
        #expect(delivery.encoded.hex == file.delivery)
        #expect(delivery.recipients.count == file.secretKeys.count)
        for recipient in delivery.recipients.map(\.institution) {
            let secret = try #require(file.secretKeys[recipient.name])
            let opener = try DeliveryOpener(
                delivery, ledger: ledger, institution: recipient,
                secretKey: SealSecretKey(try #require([UInt8](hex: secret))))
            for (item, expected) in zip(delivery.items, file.payloads) {
                let opened = try opener.open(item, commitment: item.commitment)
                #expect(opened.payload == Array(expected.utf8))
            }
        }
    }

    struct File: Codable {
        let ledger: String
        let issuer: String
        let secretKeys: [String: String]
        let payloads: [String]
        let delivery: String

        static func load() throws -> File {
            var folder = URL(filePath: #filePath)
            while folder.lastPathComponent != "Tests" { folder.deleteLastPathComponent() }
            let path = folder.appending(path: "Vectors/sealing/delivery.json")
            return try JSONDecoder().decode(File.self, from: Data(contentsOf: path))
        }
    }
}
