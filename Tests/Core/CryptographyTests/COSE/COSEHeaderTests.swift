import Cryptography
import Primitives
import Testing

@Suite("COSE headers")
struct COSEHeaderTests {
    private static let keyID = KeyID(OpaqueID(prefixOf: SHA256.hash([1])))

    private static let headers = [
        COSEHeader(keyID: keyID, purpose: .batch),
        COSEHeader(keyID: keyID, purpose: COSEPurpose(mediaType: "")),
        COSEHeader(
            receiptBy: keyID,
            claims: COSEHeader.Claims(issuer: "custos:00", subject: "7/0"),
            blockHash: SHA256.hash([2])),
    ]

    @Test(arguments: headers)
    func survivesARoundTrip(header: COSEHeader) throws {
        #expect(try COSEHeader(decoding: header.encoded[...]) == header)
    }

    @Test func writesTheBytesOfTheFormat() throws {
        #expect(
            Self.headers[0].encoded.hex
                == "a301382e0450" + Self.keyID.bytes.hex + "10781a"
                + Array("application/x.custos-batch".utf8).hex)
        #expect(
            Self.headers[2].encoded.hex
                == "a501382e0450" + Self.keyID.bytes.hex + "0fa20169" + Array("custos:00".utf8).hex
                + "0263" + Array("7/0".utf8).hex + "19018b01" + "3a00011170" + "5820"
                + SHA256.hash([2]).description)
        #expect(Self.headers[2].isOfReceipt)
        #expect(!Self.headers[0].isOfReceipt)
    }

    @Test(
        "bytes that are no header of ours",
        arguments: [
            ("", "nothing"),
            ("a0", "no algorithm"),
            ("a10100ff", "bytes after the map"),
            ("a104500102030405060708090a0b0c0d0e0f10", "no algorithm, but a key"),
            ("a201382e01382e", "a field twice"),
            ("a210616101382e", "fields out of order"),
            ("a201382e024104", "crit, which is unknown"),
            ("a201382e044101", "a short key id"),
            ("a201382e0fa10161 61", "claims without subject"),
            ("a201382e0fa201616103 6162", "an unknown claim"),
            ("a201382e1000", "a type that is no text"),
            ("a201382e3a000111704101", "a short block hash"),
            ("a201382e3a0001117100", "an unknown private field"),
            ("a2013a0000002e1000", "a number that is not in its shortest form"),
            ("bf01382eff", "an indefinite map"),
            ("bb7fffffffffffffff", "a map of 2^63 fields"),
            ("8101", "an array"),
        ])
    func refuses(hex: String, what: String) throws {
        let bytes = try #require([UInt8](hex: hex.filter { $0 != " " }))
        #expect(throws: CryptographyError.self) { try COSEHeader(decoding: bytes[...]) }
    }

    @Test(arguments: [("a10126", Int64(-7)), ("a10127", -8), ("a1012e", -15), ("a1012f", -16)])
    func refusesOtherAlgorithms(hex: String, algorithm: Int64) throws {
        let bytes = try #require([UInt8](hex: hex))
        #expect(throws: CryptographyError.algorithm(algorithm)) {
            try COSEHeader(decoding: bytes[...])
        }
    }
}
