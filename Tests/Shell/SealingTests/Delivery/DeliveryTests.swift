import Cryptography
import Primitives
import Records
import Sealing
import Testing

@Suite("Deliveries")
struct DeliveryTests {
    private let ledger = LedgerID(SHA256.hash([1]))
    private let names: [InstitutionID]
    private let secretKeys: [SealSecretKey]
    private let payloads: [SealedPayload]
    private let contents: [[UInt8]]

    init() throws {
        let random = RandomBytes.seeded(7)
        names = try ["county", "insurer", "regulator"].map { try #require(InstitutionID($0)) }
        secretKeys = try names.map { _ in try SealSecretKey(random: random) }
        contents = (0..<5).map { Array("payload \($0)".utf8) }
        let ledger = ledger
        payloads = try contents.map {
            try SealedPayload(sealing: $0, ledger: ledger, random: random)
        }
    }

    /// All payloads to all; the last one not to the insurer.
    private func delivery() throws -> Delivery {
        var sealer = try sealer()
        for (index, payload) in payloads.enumerated() {
            let isLast = index == payloads.count - 1
            try sealer.add(
                payload, number: 10 + UInt64(index),
                recipients: isLast ? [names[2], names[0]] : names)
        }
        return sealer.delivery
    }

    private func sealer() throws -> DeliverySealer {
        try DeliverySealer(
            ledger: ledger, issuer: names[0], stream: StreamID(3), firstNumber: 10,
            recipients: zip(names, secretKeys).map { ($0, try $1.publicKey) }.reversed())
    }

    private func opener(_ index: Int, _ delivery: Delivery) throws -> DeliveryOpener {
        try DeliveryOpener(
            delivery, ledger: ledger, institution: names[index], secretKey: secretKeys[index])
    }

    @Test func everyRecipientOpensWhatIsItsOwn() throws {
        let delivery = try Delivery(decoding: delivery().encoded)
        for recipient in names.indices {
            let opener = try opener(recipient, delivery)
            for (index, item) in delivery.items.enumerated() {
                if recipient == 1, index == 4 {
                    #expect(throws: SealingError.notForUs(names[1], number: 14)) {
                        try opener.open(item, commitment: payloads[index].commitment)
                    }
                    continue
                }
                let opened = try opener.open(item, commitment: payloads[index].commitment)
                #expect(opened.payload == contents[index])
                #expect(opened.key == payloads[index].key)
            }
        }
    }

    @Test func survivesARoundTripAndHasOneEncapsulationARecipient() throws {
        let delivery = try delivery()
        #expect(try Delivery(decoding: delivery.encoded) == delivery)
        #expect(delivery.recipients.map(\.institution) == names)
        #expect(Set(delivery.recipients.map(\.encapsulation)).count == 3)
        #expect(delivery.items.map(\.number) == [10, 11, 12, 13, 14])
    }

    @Test("what goes to one recipient holds nothing of the others")
    func isCutDownToOneRecipient() throws {
        let whole = try delivery()
        let part = whole.addressed(to: names[1])
        #expect(part.recipients.map(\.institution) == [names[1]])
        #expect(part.items.map(\.number) == [10, 11, 12, 13])
        #expect(part.items.allSatisfy { $0.keys.map(\.institution) == [names[1]] })
        let opener = try opener(1, Delivery(decoding: part.encoded))
        #expect(
            try opener.open(part.items[2], commitment: payloads[2].commitment).payload
                == contents[2])
        #expect(throws: SealingError.notForUs(names[2], number: nil)) { try self.opener(2, part) }
    }

    @Test("a key wrapped for another entry, commitment, recipient or ledger does not open")
    func bindsKeysToTheirPlace() throws {
        let delivery = try delivery()
        let opener = try opener(0, delivery)
        let (first, second) = (delivery.items[0], delivery.items[1])
        let swapped = try Delivery(decoding: rewritten(delivery, [0: second.keys]).encoded)
        #expect(throws: SealingError.wrappedKey(number: 10)) {
            try opener.open(swapped.items[0], commitment: payloads[0].commitment)
        }
        #expect(throws: SealingError.wrappedKey(number: 10)) {
            try opener.open(first, commitment: payloads[1].commitment)
        }
        let thief = try DeliveryOpener(
            delivery, ledger: ledger, institution: names[0], secretKey: secretKeys[1])
        #expect(throws: SealingError.wrappedKey(number: 10)) {
            try thief.open(first, commitment: payloads[0].commitment)
        }
        #expect(
            throws: SealingError.otherLedger(found: ledger, expected: LedgerID(.zero))
        ) {
            try DeliveryOpener(
                delivery, ledger: LedgerID(.zero), institution: names[0],
                secretKey: secretKeys[0])
        }
    }

    @Test func refusesToWrapANumberTwice() throws {
        var sealer = try sealer()
        try sealer.add(payloads[0], number: 10, recipients: names)
        #expect(throws: SealingError.number(10, after: 10)) {
            try sealer.add(payloads[1], number: 10, recipients: names)
        }
        var early = try self.sealer()
        #expect(throws: SealingError.number(9, after: 9)) {
            try early.add(payloads[0], number: 9, recipients: names)
        }
    }

    @Test func refusesStrangersAndRepeats() throws {
        var sealer = try sealer()
        let stranger = try #require(InstitutionID("stranger"))
        #expect(throws: SealingError.recipient(stranger)) {
            try sealer.add(payloads[0], number: 10, recipients: [names[0], stranger])
        }
        #expect(throws: SealingError.recipient(names[0])) {
            try sealer.add(payloads[0], number: 10, recipients: [names[0], names[0]])
        }
        let key = try secretKeys[0].publicKey
        #expect(throws: SealingError.recipient(names[0])) {
            try DeliverySealer(
                ledger: ledger, issuer: names[0], stream: StreamID(3), firstNumber: 10,
                recipients: [(names[0], key), (names[0], key)])
        }
    }

    // The points of order 1, 2, 4 and 8 on Curve25519, and two that are not reduced.
    @Test(arguments: [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ])
    func refusesKeysThatAgreeOnNothing(hex: String) throws {
        let bytes = try #require([UInt8](hex: hex))
        #expect(throws: SealingError.sealKey(hex: hex)) { try SealPublicKey(bytes) }
    }

    @Test func refusesKeysOfAnotherLength() {
        #expect(throws: SealingError.sealKey(hex: "010203")) { try SealPublicKey([1, 2, 3]) }
        #expect(throws: SealingError.sealKey(hex: "(secret of 3 bytes)")) {
            try SealSecretKey([1, 2, 3])
        }
    }

    @Test("printing and dumping shows no secret")
    func keepsSecretsOutOfLogs() throws {
        let keys: [Any] = [
            payloads[0].key, PatientKey(random: .seeded(1)), RegionKey(random: .seeded(1)),
            IssuerKey(random: .seeded(1)), secretKeys[0],
        ]
        for key in keys {
            var dumped = ""
            dump(key, to: &dumped)
            #expect(dumped.contains("secret"))
            #expect(dumped.split(separator: "\n").count <= 2, "\(dumped)")
        }
        var dumped = ""
        dump(try sealer(), to: &dumped)
        #expect(dumped.contains("key: (32 secret bytes)"))
    }

    @Test func keepsASecretKeyAcrossRestarts() throws {
        let again = try SealSecretKey(secretKeys[0].bytes)
        #expect(try again.publicKey == secretKeys[0].publicKey)
    }

    @Test func refusesCutAndChangedBytesWithoutATrap() throws {
        let bytes = try delivery().encoded
        for count in stride(from: 0, to: bytes.count, by: 3) {
            #expect(throws: SealingError.self) { try Delivery(decoding: Array(bytes[..<count])) }
        }
        #expect(throws: SealingError.self) { try Delivery(decoding: bytes + [0]) }
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 0xff
            guard let delivery = try? Delivery(decoding: changed) else { continue }
            #expect(delivery.encoded == changed)
        }
    }

    /// The delivery with other keys at some of its items, by way of its bytes.
    private func rewritten(
        _ delivery: Delivery, _ keys: [Int: [Delivery.WrappedKey]]
    ) throws -> Delivery {
        var bytes = delivery.encoded
        for (index, others) in keys {
            for (own, other) in zip(delivery.items[index].keys, others) {
                let start = try #require(
                    bytes.indices.first { bytes[$0...].starts(with: own.bytes) })
                bytes.replaceSubrange(start..<(start + own.bytes.count), with: other.bytes)
            }
        }
        return try Delivery(decoding: bytes)
    }
}
