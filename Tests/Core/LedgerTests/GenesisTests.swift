import Cryptography
import Ledger
import Primitives
import Records
import Testing

@Suite("Genesis")
struct GenesisTests {
    private func institution(
        _ name: String, power: UInt64 = 1, key: String? = nil, streams: [UInt16] = [0]
    ) throws -> Institution {
        Institution(
            id: TestNetwork.id(name), name: name, kind: .hospital, tier: .city, power: power,
            submitKeys: try streams.map {
                Institution.SubmitKey(
                    stream: StreamID($0), key: try TestNetwork.key("submit").publicKey)
            },
            consensusKey: try key.map { try TestNetwork.key($0).publicKey })
    }

    private func problem(
        name: String = "x", _ institutions: [Institution],
        parameters: Parameters = .standard, rules: [RuleVersion] = []
    ) -> String? {
        do throws(LedgerError) {
            _ = try Genesis(
                name: name, start: TestNetwork.start, institutions: institutions,
                parameters: parameters, rules: rules)
            return nil
        } catch {
            guard case .genesis(let problem) = error else { return "\(error)" }
            return problem
        }
    }

    @Test("a genesis comes back as it was written, and its bytes name the ledger")
    func codec() throws {
        let genesis = try TestNetwork().genesis
        let bytes = genesis.encode()
        let read = try Genesis.decode(bytes)
        #expect(read == genesis)
        #expect(read.ledger.digest == SHA256.hash(bytes))
        for end in bytes.indices {
            #expect(throws: LedgerError.self) { try Genesis.decode(Array(bytes[..<end])) }
        }
        for index in bytes.indices {
            var bent = bytes
            bent[index] ^= 0x01
            guard let other = try? Genesis.decode(bent) else { continue }
            #expect(other.encode() == bent, "byte \(index)")
        }
    }

    @Test("each slip in a genesis is told in words")
    func slips() throws {
        let one = try institution("one", key: "k1")
        let two = try institution("two", key: "k2")
        let rule = RuleVersion(id: "R", hash: .zero, runners: [one.id])
        var narrow = Parameters.standard
        narrow.blockEntryCountMax = 0
        let rows: [(String, String?)] = [
            ("name", problem(name: "", [one])),
            ("institutions", problem([])),
            ("twice", problem([one, one])),
            ("consensus key", problem([one, try institution("three", key: "k1")])),
            ("no consensus key", problem([one, try institution("three")])),
            ("voting power", problem([try institution("three", power: 0)])),
            ("2^30", problem([try institution("three", power: 1 << 31, key: "k3")])),
            ("streams", problem([try institution("three", key: "k3", streams: [1, 1])])),
            ("entry", problem([one], parameters: narrow)),
            ("twice", problem([one], rules: [rule, rule])),
            ("nobody", problem([one], rules: [RuleVersion(id: "R", hash: .zero, runners: [])])),
            ("no institution", problem([two], rules: [rule])),
        ]
        for (word, found) in rows {
            #expect(found?.contains(word) == true, "\(word): \(found ?? "taken")")
        }
        #expect(problem([two, one], rules: [rule]) == nil)
    }

    @Test("parameters on which no ledger could run are refused, and their bounds told")
    func boundsOfParameters() throws {
        let one = try institution("one", key: "k1")
        let most = Parameters.blockByteCountMost(entryCount: 8_192)
        let rows: [(word: String?, bend: (inout Parameters) -> Void)] = [
            (nil, { _ in }),
            ("12410880 bytes", { $0.blockByteCountMax = most + 1 }),
            (nil, { $0.blockByteCountMax = most }),
            ("262144 entries", { $0.blockEntryCountMax = Parameters.entryCountMax + 1 }),
            (nil, { $0.blockEntryCountMax = Parameters.entryCountMax }),
            ("heartbeat must be above 0", { $0.heartbeatMilliseconds = 0 }),
            ("heartbeat must be at most", { $0.heartbeatMilliseconds = 86_400_001 }),
            ("timeout cap must", { $0.timeoutCapMilliseconds = 86_400_001 }),
            ("timeout growth", { $0.timeoutGrowthMilliseconds = .max >> 11 }),
            ("clock precision", { $0.clockPrecisionMilliseconds = 86_400_001 }),
            ("message delay", { $0.messageDelayMilliseconds = 86_400_001 }),
            ("above 0", { $0.timeoutProposeMilliseconds = 0 }),
            ("below a timeout", { $0.timeoutCapMilliseconds = 999 }),
            ("one height", { $0.batchHeightsMax = 0 }),
            ("16777216 heights", { $0.batchHeightsMax = Parameters.batchLifeMax + 1 }),
        ]
        for (word, bend) in rows {
            var parameters = Parameters.standard
            bend(&parameters)
            let found = problem([one], parameters: parameters)
            let isRight = word.map { found?.contains($0) == true } ?? (found == nil)
            #expect(isRight, "\(word ?? "no problem"): \(found ?? "taken")")
        }
    }
}
