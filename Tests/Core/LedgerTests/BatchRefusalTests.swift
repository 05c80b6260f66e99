import Cryptography
import Ledger
import Primitives
import Records
import Testing

@Suite("Refusals of batches")
struct BatchRefusalTests {
    private let network: TestNetwork
    private let state: LedgerState
    private let insurer = TestNetwork.id("insurer")

    init() throws {
        network = try TestNetwork { $0.batchHeightsMax = 50 }
        var state = LedgerState(genesis: network.genesis)
        let batch = try network.verified(
            [TestNetwork.access("insurer", 1), TestNetwork.access("insurer", 2)], in: state,
            expiry: 40)
        _ = state.apply(try TestNetwork.execute([batch], on: state))
        self.state = state
    }

    /// The refusal of a batch with this header over these entries, signed by a key of this name.
    private func refusal(
        _ entries: [[UInt8]], ledger: LedgerID? = nil, issuer: String = "insurer",
        stream: UInt16 = 0, first: UInt64 = 3, expiry: UInt64 = 30, count: Int? = nil,
        root: Digest? = nil, signedBy label: String = "insurer submit 0"
    ) throws -> BatchRefusal? {
        let header = BatchHeader(
            ledger: ledger ?? network.ledger, issuer: TestNetwork.id(issuer),
            stream: StreamID(stream), firstNumber: first, expiry: Height(expiry),
            count: count ?? entries.count,
            root: root ?? MerkleTree.root(of: entries.map { SHA256.leaf($0) }))
        return try refusal(
            BatchWriter.batch(
                of: entries, header: header, signedBy: try TestNetwork.key(label)))
    }

    private func refusal(_ bytes: [UInt8]) throws -> BatchRefusal? {
        do throws(BatchRefusal) {
            let batch = try UnverifiedBatch(decoding: bytes).verify(against: state)
            try state.check(batch)
            return nil
        } catch {
            #expect(!error.description.isEmpty)
            return error
        }
    }

    private let third = TestNetwork.access("insurer", 3).encode()

    @Test("the batch that every row bends is taken")
    func right() throws {
        #expect(try refusal([third]) == nil)
    }

    @Test("another ledger, institution, stream or key is refused")
    func identity() throws {
        let other = LedgerID(TestNetwork.digest("other"))
        #expect(
            try refusal([third], ledger: other)
                == .wrongLedger(found: other, right: network.ledger))
        #expect(
            try refusal([third], issuer: "nobody")
                == .unknownInstitution(TestNetwork.id("nobody")))
        #expect(try refusal([third], stream: 9) == .unknownStream(insurer, StreamID(9)))
        let right = try TestNetwork.key("insurer submit 0").keyID
        let wrong = try TestNetwork.key("regulator submit 0").keyID
        #expect(
            try refusal([third], signedBy: "regulator submit 0")
                == .signedHeader(.keyMismatch(named: wrong, expected: right)))
    }

    @Test("a signature over other bytes is refused")
    func signature() throws {
        let key = try TestNetwork.key("insurer submit 0")
        let right = try network.batch([TestNetwork.access("insurer", 3)], expiry: 30)
        var bent = right
        // The last byte of the signature stands just before the array of entries.
        let signed = try UnverifiedBatch(decoding: right).signedHeader
        bent[signed.endIndex - 1] ^= 1
        #expect(try refusal(bent) == .signedHeader(.signature(key: key.keyID)))
    }

    @Test("a signature for another purpose is refused")
    func purpose() throws {
        let key = try TestNetwork.key("insurer submit 0")
        let header = try UnverifiedBatch(
            decoding: try network.batch([TestNetwork.access("insurer", 3)])
        ).header
        let vote = COSESign1(
            payload: header.encode(), header: COSEHeader(keyID: key.keyID, purpose: .vote),
            signedBy: key)
        var writer = CBORWriter()
        writer.array(3)
        writer.unsigned(1)
        writer.bytes(vote.encoded)
        writer.array(1)
        writer.bytes(third)
        guard case .signedHeader(.purpose) = try refusal(writer.bytes) else {
            Issue.record("a vote was taken for a batch")
            return
        }
    }

    @Test("a count or root that is not that of the entries is refused")
    func contents() throws {
        #expect(try refusal([third], count: 2) == .wrongCount(signed: 2, found: 1))
        let root = SHA256.leaf(third)
        #expect(try refusal([third], root: .zero) == .wrongRoot(signed: .zero, found: root))
    }

    @Test("expiry is bounded on both sides")
    func expiry() throws {
        #expect(try refusal([third], expiry: 2) == nil)
        #expect(
            try refusal([third], expiry: 1) == .expired(expiry: Height(1), height: Height(2)))
        #expect(try refusal([third], expiry: 52) == nil)
        #expect(
            try refusal([third], expiry: 53)
                == .expiryTooFar(expiry: Height(53), latest: Height(52)))
    }

    @Test("gaps wait, replays are refused, and the same batch again is a duplicate")
    func numbers() throws {
        let fifth = TestNetwork.access("insurer", 5).encode()
        let gap = try refusal([fifth], first: 5)
        #expect(gap == .gap(expected: 3, found: 5))
        #expect(gap?.isTemporary == true)
        let second = TestNetwork.access("insurer", 2, patient: "other").encode()
        #expect(try refusal([second], first: 2) == .replayed(number: 2, next: 3))
        let same = try network.batch(
            [TestNetwork.access("insurer", 1), TestNetwork.access("insurer", 2)], expiry: 40)
        guard case .duplicate(let committed) = try refusal(same) else {
            Issue.record("a duplicate was not told")
            return
        }
        #expect(committed.height == Height(1))
        #expect(committed.firstLeaf == 0)
    }

    @Test("the same entries signed anew are a replay")
    func signedAnew() throws {
        let anew = try network.batch(
            [TestNetwork.access("insurer", 1), TestNetwork.access("insurer", 2)], expiry: 41)
        #expect(try refusal(anew) == .replayed(number: 1, next: 3))
    }

    @Test("an entry must be the batch's own, in form, in shape and in order")
    func entries() throws {
        var foreign = TestNetwork.access("regulator", 3)
        #expect(
            try refusal([foreign.encode()])
                == .entry(
                    index: 0,
                    .wrongIssuer(found: TestNetwork.id("regulator"), right: insurer)))
        foreign = TestNetwork.access("insurer", 3, stream: 1)
        #expect(
            try refusal([foreign.encode()])
                == .entry(index: 0, .wrongStream(found: StreamID(1), right: StreamID(0))))
        #expect(
            try refusal([third, third])
                == .entry(index: 1, .wrongNumber(found: 3, right: 4)))
        #expect(
            try refusal([third, [0xff]])
                == .entry(
                    index: 1,
                    .form(
                        .malformed(
                            .unexpected(offset: 0, expected: "a map", found: "a float")))))
        var bare = TestNetwork.access("insurer", 3)
        bare.access = nil
        guard case .entry(0, .form(.missing(.access, _, _))) = try refusal([bare.encode()]) else {
            Issue.record("an access entry without its header was taken")
            return
        }
        var other = bare
        other.kind = .case
        guard case .entry(0, .form(.unwanted(.subjects, _, _))) = try refusal([other.encode()])
        else {
            Issue.record("a case that names somebody was taken")
            return
        }
    }

    @Test("too long an entry, too many bytes and too many entries are refused")
    func sizes() throws {
        let long = [UInt8](repeating: 0, count: 16_385)
        #expect(
            try refusal([long])
                == .entry(index: 0, .form(.oversize(byteCount: 16_385, limit: 16_384))))
        let full = [[UInt8]](repeating: [UInt8](repeating: 0, count: 16_384), count: 65)
        #expect(
            try refusal(full) == .oversize(byteCount: 65 * 16_384, limit: 1 << 20))
        let many = [[UInt8]](repeating: [0], count: 4_097)
        guard case .malformed = try refusal(many) else {
            Issue.record("4097 entries were taken")
            return
        }
        #expect(
            throws: BatchRefusal.oversize(
                byteCount: UnverifiedBatch.byteCountMax + 1, limit: UnverifiedBatch.byteCountMax)
        ) {
            try UnverifiedBatch(
                decoding: [UInt8](repeating: 0, count: UnverifiedBatch.byteCountMax + 1))
        }
    }

    @Test("no cut of a batch is one, and random damage never traps")
    func hostile() throws {
        let bytes = try network.batch(
            [TestNetwork.access("insurer", 3), TestNetwork.access("insurer", 4)], expiry: 30)
        for end in stride(from: 0, to: bytes.count, by: 3) {
            #expect(throws: BatchRefusal.self) {
                try UnverifiedBatch(decoding: Array(bytes[..<end]))
            }
        }
        for index in bytes.indices {
            var bent = bytes
            bent[index] ^= 0x01
            #expect(try refusal(bent) != nil, "byte \(index)")
        }
    }

    @Test("a void entry skips numbers, within a batch and beyond")
    func voids() throws {
        let lost = Entry(
            kind: .void, issuer: insurer, stream: StreamID(0), number: 3,
            eventTime: TestNetwork.start,
            body: .void(VoidBody(first: 4, last: 9, reason: "disk lost")))
        let after = TestNetwork.access("insurer", 10)
        #expect(try refusal([lost.encode(), after.encode()]) == nil)
        #expect(
            try refusal([lost.encode(), TestNetwork.access("insurer", 4).encode()])
                == .entry(index: 1, .wrongNumber(found: 4, right: 10)))
        var state = state
        let batch = try network.verified([lost, after], in: state, expiry: 30)
        _ = state.apply(try TestNetwork.execute([batch], on: state))
        #expect(state.nextNumber(of: insurer, StreamID(0)) == 11)
    }
}
