internal import Ledger
internal import Primitives
internal import Testing

@testable import Node
@testable import Storage

@Suite("The height from which on a node signs again")
struct ReturnFileTests {
    private let network: TestNetwork
    private let path: String

    init() throws {
        network = try TestNetwork()
        path = network.root + "/again"
    }

    private func withFile(_ body: (ReturnFile) throws -> Void) throws {
        let directory = try DataDirectory(path, ledger: network.genesis.ledger)
        try body(ReturnFile(.signing, in: directory))
    }

    @Test func isUnknownUntilTheNetworkHasTold() throws {
        try withFile { file in
            #expect(!file.isThere)
            try file.make()
            #expect(try file.height() == nil)
            try file.write(Height(1_234))
            #expect(try file.height() == Height(1_234))
        }
    }

    @Test func isReadAsOlderVersionsWroteIt() throws {
        try withFile { file in
            try SmallFile.write(Array("987\n".utf8), to: path + "/returned")
            #expect(try file.height() == Height(987))
        }
    }

    /// A lower height would let a replica sign what it may have contradicted: rather none.
    @Test func isNeverAnotherForAFlippedBitOrALostEnd() throws {
        try withFile { file in
            try file.write(Height(51_840))
            let whole = try SmallFile.read(path + "/returned")
            for bit in 0..<whole.count * 8 {
                var bytes = whole
                bytes[bit / 8] ^= 1 << UInt8(bit % 8)
                try SmallFile.write(bytes, to: path + "/returned")
                #expect(try file.height() == nil, "bit \(bit)")
            }
            for count in 0..<whole.count where count != 6 {
                try SmallFile.write(Array(whole[..<count]), to: path + "/returned")
                #expect(try file.height() == nil, "\(count) bytes")
            }
        }
    }
}
