import Cryptography
import Foundation
import Ledger
import Primitives
import Proofs
import TestSupport
import Testing

/// Proofs whose bytes are frozen, and a program that knows nothing of Custos but its formats.
@Suite("Proofs that others read")
struct FrozenProofTests {
    private let items: [(name: String, bytes: [UInt8])]

    init() throws {
        let network = try ProofNetwork.lived()
        let file = try #require(try network.proofFile(height: 2, batch: 0, index: 1))
        let receipts = Receipts.expand(file) { try? ProofNetwork.key("\($0) consensus").keyID }
        let insurer = try #require(receipts.first { $0.voter.name == "insurer" })
        items = [
            ("genesis", network.genesis.encode()), ("proof", file.encode()),
            ("receipt", insurer.receipt.encoded), ("entry", file.entry),
        ]
    }

    private func bytes(_ name: String) -> [UInt8] {
        items.first { $0.name == name }?.bytes ?? []
    }

    @Test("their bytes are those that are frozen")
    func frozen() throws {
        #expect(try FrozenBytes.check("proofs.txt", items) == nil)
    }

    @Test(
        "docs/verify.py proves them, and refuses each with a bit flipped",
        .enabled(
            if: Python.has("cbor2", "cryptography"),
            "python3 lacks the packages cbor2 and cryptography"))
    func python() throws {
        let python = try Verifier()
        let whole = try python.verify([bytes("genesis"), bytes("proof")])
        #expect(whole.isProved && whole.output.contains("leaf 6"), "\(whole.output)")
        let receipt = try python.verify([bytes("genesis"), bytes("receipt"), bytes("entry")])
        #expect(receipt.isProved && receipt.output.contains("insurer"), "\(receipt.output)")
        for name in ["proof", "receipt"] {
            for place in stride(from: 40, to: bytes(name).count, by: bytes(name).count / 12) {
                var bent = bytes(name)
                bent[place] ^= 0x10
                let rest = name == "proof" ? [] : [bytes("entry")]
                let answer = try python.verify([bytes("genesis"), bent] + rest)
                #expect(!answer.isProved, "\(name), byte \(place): \(answer.output)")
            }
        }
        let other = try python.verify([bytes("genesis"), bytes("receipt"), bytes("entry") + [0]])
        #expect(!other.isProved)
    }

    @Test("docs/verify.py is short enough to be read: 150 lines of at most 120 letters")
    func length() throws {
        let text = try String(contentsOfFile: Python.path("docs/verify.py"), encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        #expect(lines.count <= 150)
        #expect(lines.allSatisfy { $0.count <= 120 })
    }
}

/// Runs the verifier in Python over files in a folder of its own.
private struct Verifier {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func verify(_ files: [[UInt8]]) throws -> (isProved: Bool, output: String) {
        var paths: [String] = []
        for (index, bytes) in files.enumerated() {
            let url = folder.appending(path: "\(index)")
            try Data(bytes).write(to: url)
            paths.append(url.path)
        }
        let ending = try Python.run([Python.path("docs/verify.py")] + paths)
        return (ending.isGood, ending.output)
    }
}
