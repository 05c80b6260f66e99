import Cryptography
import Primitives
import Storage
import Testing

@testable import Sealing

@Suite("Secret store")
struct SecretStoreTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    private func open(_ byteCount: Int = 32, seed: UInt8 = 1) throws -> SecretStore {
        try SecretStore(
            folder: scratch.store, keyFolder: scratch.keys, secretByteCount: byteCount,
            random: .seeded(seed))
    }

    private func item(_ number: Int) -> (name: Digest, secret: [UInt8]) {
        (SHA256.hash(Array("name \(number)".utf8)), SHA256.hash(Array("s \(number)".utf8)).bytes)
    }

    /// Fails unless the store has exactly the secrets of `numbers` among the first `total`.
    private func expect(
        _ store: SecretStore, has numbers: some Sequence<Int>, of total: Int,
        _ comment: Comment? = nil
    ) throws {
        let present = Set(numbers)
        for number in 0..<total {
            let found = try store.secret(of: item(number).name)
            #expect(found == (present.contains(number) ? item(number).secret : nil), comment)
        }
        #expect(store.count == present.count, comment)
    }

    @Test func keepsSecretsAcrossRestarts() throws {
        do {
            let store = try open()
            try store.put((0..<10).map(item))
            try store.put((5..<300).map(item))
            try expect(store, has: 0..<300, of: 310)
        }
        try expect(try open(), has: 0..<300, of: 310)
    }

    @Test func theFirstSecretOfANameStands() throws {
        let store = try open()
        #expect(try store.put([item(1), item(1)]) == 1)
        #expect(try store.put([(item(1).name, item(2).secret), item(3)]) == 1)
        #expect(try store.secret(of: item(1).name) == item(1).secret)
        #expect(store.count == 2)
    }

    @Test func forgetsForGood() throws {
        let store = try open()
        try store.put((0..<100).map(item))
        let before = try scratch.read(scratch.store + "/secrets-1.bin")
        let found = try store.forget(Set([3, 50, 99, 700].map { item($0).name }))
        #expect(found == Set([3, 50, 99].map { item($0).name }))
        let stay = (0..<100).filter { ![3, 50, 99].contains($0) }
        try expect(store, has: stay, of: 100)
        #expect(store.generation == 2)
        #expect(try scratch.names(scratch.keys) == ["node-2.key"])
        #expect(try scratch.names(scratch.store) == ["LOCK", "secrets-2.bin"])
        let after = try scratch.read(scratch.store + "/secrets-2.bin")
        // No record of the old file stands in the new one: all have a new key and nonce.
        #expect(after.count < before.count)
        #expect(!contains(after, Array(before[(64 + 32)..<(64 + 80)])))
        try store.put([item(3)])
        try expect(store, has: stay + [3], of: 100)
    }

    @Test("a crash after any step of forgetting leaves the store as before, or as after")
    func survivesACrashWhileForgetting() throws {
        for (index, step) in SecretStore.Step.allCases.enumerated() {
            let scratch = try Scratch()
            func open() throws -> SecretStore {
                try SecretStore(
                    folder: scratch.store, keyFolder: scratch.keys, secretByteCount: 32,
                    random: .seeded(UInt8(index)))
            }
            do {
                let store = try open()
                try store.put((0..<50).map(item))
                #expect(throws: SealingError.storage(.stopped(path: "here"))) {
                    try store.forget([item(7).name]) { reached throws(SealingError) in
                        if reached == step { throw .storage(.stopped(path: "here")) }
                    }
                }
            }
            let store = try open()
            let isDone = step != .draftWritten && step != .keyWritten
            let stay = (0..<50).filter { !isDone || $0 != 7 }
            try expect(store, has: stay, of: 50, "\(step)")
            let generation = isDone ? 2 : 1
            #expect(try scratch.names(scratch.keys) == ["node-\(generation).key"], "\(step)")
            #expect(
                try scratch.names(scratch.store) == ["LOCK", "secrets-\(generation).bin"],
                "\(step)")
            try store.forget([item(7).name])
            try expect(store, has: (0..<50).filter { $0 != 7 }, of: 50, "\(step)")
        }
    }

    @Test("after a failure between two generations nothing is acknowledged that could be lost")
    func stopsBetweenGenerations() throws {
        let store = try open()
        try store.put([item(1)])
        #expect(throws: SealingError.self) {
            try store.forget([]) { reached throws(SealingError) in
                if reached == .renamed { throw .storage(.stopped(path: "here")) }
            }
        }
        #expect(throws: SealingError.storage(.stopped(path: scratch.store))) {
            try store.put([item(2)])
        }
        #expect(throws: SealingError.storage(.stopped(path: scratch.store))) {
            try store.forget([item(1).name])
        }
    }

    @Test("a tail torn at any byte is cut off, and what was on the disk before it stays")
    func cutsTornTails() throws {
        try withStore { try $0.put((0..<5).map(item)) }
        let path = scratch.store + "/secrets-1.bin"
        let firm = try scratch.read(path)
        try withStore { try $0.put((5..<7).map(item)) }
        let whole = try scratch.read(path)
        let recordBytes = (whole.count - firm.count) / 2
        for cut in firm.count..<whole.count {
            try scratch.write(Array(whole[..<cut]), to: path)
            try withStore {
                try expect($0, has: 0..<(cut - firm.count < recordBytes ? 5 : 6), of: 7)
            }
        }
        // Pages of one write may come to the disk in any order: the first torn, the second whole.
        for byte in [firm.count, firm.count + 40, firm.count + recordBytes - 1] {
            var torn = whole
            torn[byte] ^= 1
            try scratch.write(torn, to: path)
            try withStore { try expect($0, has: 0..<5, of: 7) }
        }
        try withStore {
            try $0.put([item(6)])
            try expect($0, has: [0, 1, 2, 3, 4, 6], of: 7)
        }
    }

    @Test("a flipped bit in what was on the disk is damage, never a cut")
    func refusesDamage() throws {
        try withStore {
            try $0.put((0..<5).map(item))
            try $0.put((5..<7).map(item))
        }
        let path = scratch.store + "/secrets-1.bin"
        let whole = try scratch.read(path)
        let recordBytes = (whole.count - 64) / 7
        for byte in stride(from: 0, to: 64 + 5 * recordBytes, by: 11) {
            var damaged = whole
            damaged[byte] ^= 1
            try scratch.write(damaged, to: path)
            #expect(throws: SealingError.self, "byte \(byte)") { try open() }
        }
        try scratch.write(whole, to: path)
        try withStore {
            try $0.forget([])
        }
        // What was written with the file is whole, or the file would not have its name.
        let second = scratch.store + "/secrets-2.bin"
        var damaged = try scratch.read(second)
        damaged[damaged.count - 1] ^= 1
        try scratch.write(damaged, to: second)
        #expect(throws: SealingError.self) { try open() }
    }

    @Test func refusesToRunWithoutItsNodeKey() throws {
        try withStore { try $0.put([item(1)]) }
        let key = scratch.keys + "/node-1.key"
        let bytes = try scratch.read(key)
        var damaged = bytes
        damaged[20] ^= 1
        try scratch.write(damaged, to: key)
        #expect(throws: SealingError.damaged(path: key, detail: "not the node key of 1")) {
            try open()
        }
        try scratch.write(bytes, to: scratch.keys + "/node-7.key")
        #expect(throws: SealingError.self) { try open() }
        try scratch.write(bytes, to: key)
        try expect(try open(), has: [1], of: 3)
    }

    @Test("old keys put back beside new secrets do not bring the old secrets back")
    func refusesAnOldKeyFolder() throws {
        try withStore { try $0.put([item(1)]) }
        let old = try scratch.read(scratch.keys + "/node-1.key")
        try withStore { try $0.forget([item(1).name]) }
        try scratch.write(old, to: scratch.keys + "/node-1.key")
        try withStore { try expect($0, has: [], of: 3) }
        #expect(try scratch.names(scratch.keys) == ["node-2.key"])
    }

    @Test func isHeldByOneOwner() throws {
        let store = try open()
        #expect(throws: SealingError.storage(.locked(path: scratch.store + "/LOCK"))) {
            try open()
        }
        #expect(store.count == 0)
    }

    @Test func refusesAFileOfAnotherKind() throws {
        try withStore { try $0.put([item(1)]) }
        #expect(throws: SealingError.self) { try open(64) }
    }

    @Test("names that share their first bits are told apart")
    func tellsSimilarNamesApart() throws {
        let names = (0..<40).map { Digest(words: (7, 1 << 40, 0, UInt64($0))) }
        try withStore { store in
            try store.put(names.enumerated().map { ($1, [UInt8](repeating: UInt8($0), count: 32)) })
        }
        let store = try open()
        for (index, name) in names.enumerated() {
            #expect(try store.secret(of: name) == [UInt8](repeating: UInt8(index), count: 32))
        }
        #expect(try store.secret(of: Digest(words: (7, 1 << 40, 0, 99))) == nil)
    }

    private func withStore(_ body: (SecretStore) throws -> Void) throws {
        try body(try open())
    }

    private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: part) }
    }
}
