import Foundation
import Interop
import Testing
import TestSupport

/// Bytes from outside are refused or read; they trap nothing, whatever they are.
@Suite("Every decoder, with bytes that somebody bent")
struct DecoderTests {
    /// How many mutants of samples that it takes each decoder gets, and how many of others.
    private static let ownCount = 250
    private static let otherCount = 60

    private static var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    private static func samples() throws -> [Corpus.Sample] {
        try Corpus.samples(root: root) + Decoders.fileSamples()
    }

    @Test("refuses them or reads them", arguments: Decoders.all.indices)
    func trapsNothing(index: Int) throws {
        let decoder = Decoders.all[index]
        let samples = try Self.samples().map(\.bytes)
        let own = samples.filter(decoder.read)
        var mutator = Mutator(seed: UInt64(index))
        var taken = 0
        if !own.isEmpty {
            for number in 0..<Self.ownCount {
                let bytes = mutator.mutant(of: own[number % own.count], beside: samples)
                if decoder.read(bytes) { taken += 1 }
            }
            // A decoder that takes whatever it is given checks nothing; JSON text may be much.
            #expect(taken < Self.ownCount, "\(decoder.name), seed \(index)")
        }
        for _ in 0..<Self.otherCount {
            let sample = samples[mutator.below(samples.count)]
            _ = decoder.read(mutator.mutant(of: sample, beside: samples))
        }
        #expect(!decoder.read([]), "\(decoder.name) takes nothing at all for something")
    }

    /// Found by the mutants: Foundation's reader of JSON5 traps on it.
    @Test("settings that are no UTF-8 are refused")
    func refusesSettingsThatAreNoText() throws {
        let settings = try #require(Decoders.all.first { $0.name == "settings of a node" })
        #expect(!settings.read(Array("{ ".utf8) + [0xff] + Array("\"data\": 1}".utf8)))
    }

    @Test("there are sound samples of the formats that are frozen")
    func samplesAreSound() throws {
        let samples = try Self.samples().map(\.bytes)
        #expect(samples.count > 80)
        for name in [
            "peer message", "log record", "vote", "proposal", "genesis", "block", "batch", "entry",
            "tree row", "COSE_Sign1", "JSON", "rule", "pattern", "mapping of a table", "labels",
            "mapping of a published table", "published table", "table", "export in FHIR",
            "log of a node", "what was signed last", "snapshot", "trail row", "segment of a log",
            "mark of a log", "slots of what was signed last", "record of the host",
            "row of an outbox", "kept evidence", "commit row", "founding row",
            "first piece of a batch", "later piece of a batch", "first piece of a tree row",
            "changes row", "changes row of an older version", "framing of an archive",
            "archive of a node", "archive of a stranger",
        ] {
            let decoder = try #require(Decoders.all.first { $0.name == name })
            #expect(samples.contains(where: decoder.read), "no sample is a \(name)")
        }
    }
}

/// Bends bytes, from a seed, as accidents and enemies do.
private struct Mutator {
    private var generator: SplitMix

    init(seed: UInt64) { generator = SplitMix(seed: seed) }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }

    /// Heads and signs that lie about what follows.
    private static let liars: [UInt8] = [
        0x00, 0x01, 0x17, 0x18, 0x1b, 0x3b, 0x5b, 0x5f, 0x7b, 0x7f, 0x80, 0x9b, 0x9f, 0xbb, 0xbf,
        0xd9, 0xf6, 0xf7, 0xfb, 0xff, 0x0a, 0x22, 0x2d, 0x3a, 0x5c,
    ]

    mutating func mutant(of sample: [UInt8], beside others: [[UInt8]]) -> [UInt8] {
        var bytes = sample
        for _ in 0...below(3) { bend(&bytes, beside: others) }
        return bytes
    }

    private mutating func bend(_ bytes: inout [UInt8], beside others: [[UInt8]]) {
        guard !bytes.isEmpty else { return bytes.append(UInt8(below(256))) }
        let place = below(bytes.count)
        switch below(8) {
        case 0: bytes[place] ^= 1 << UInt8(below(8))
        case 1: bytes[place] = Self.liars[below(Self.liars.count)]
        case 2: bytes.removeLast(bytes.count - place)
        case 3: bytes.remove(at: place)
        case 4: bytes.insert(Self.liars[below(Self.liars.count)], at: place)
        case 5:
            // A length of eight bytes, as great as can be.
            let head = [0x1b, 0x5b, 0x7b, 0x9b, 0xbb][below(5)] as UInt8
            bytes.replaceSubrange(
                place..<min(place + 1, bytes.count),
                with: [head] + [UInt8](repeating: below(2) == 0 ? 0xff : 0x00, count: 8))
        case 6:
            let end = min(bytes.count, place + 1 + below(32))
            bytes.insert(contentsOf: bytes[place..<end], at: place)
        default:
            let other = others[below(others.count)]
            guard !other.isEmpty else { return }
            let start = below(other.count)
            bytes.replaceSubrange(
                place..., with: other[start..<min(other.count, start + 1 + below(64))])
        }
    }
}
