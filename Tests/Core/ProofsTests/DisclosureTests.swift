import Cryptography
import Ledger
import Primitives
import Proofs
import Records
import Testing

@Suite("Disclosure of segments")
struct DisclosureTests {
    private var network: ProofNetwork
    private let auditor: Auditor

    private static let kinds: [Segment.Kind] = [
        .demographics, .vitals, .diagnoses, .familyHistory, .notes,
    ]
    private static let segments = kinds.enumerated().map { place, kind in
        Segment(
            kind: kind, salt: [UInt8](repeating: UInt8(place + 1), count: 32),
            mediaType: "text/plain", content: Array("SECRET OF \(kind)".utf8))
    }

    init() throws {
        network = try ProofNetwork()
        auditor = try Auditor(genesis: network.genesis)
        let tree = SegmentTree(Self.segments)
        var record = network.entry("city-hospital", about: "patient 1")
        record.body = .record(RecordBody(root: tree.root))
        let plain = network.entry("city-hospital", about: "patient 1")
        var later = network.entry("city-hospital", about: "patient 1")
        later.body = .record(
            RecordBody(
                root: SegmentTree(Array(Self.segments.dropLast())).root, version: 2,
                previous: tree.root))
        try network.decide([[record, plain, later]])
    }

    private func disclosure(
        _ places: [Int], of index: Int = 0, _ segments: [Segment] = segments,
        count: UInt64? = nil
    ) throws -> Disclosure {
        let tree = SegmentTree(segments)
        return Disclosure(
            segmentCount: count ?? UInt64(segments.count),
            proof: try #require(try network.proofFile(height: 1, batch: 0, index: index)),
            shown: try places.map { place in
                Disclosure.Shown(
                    place: UInt64(place), segment: segments[place],
                    path: try tree.path(to: place))
            })
    }

    @Test("any choice of segments is proved, and the file shows nothing of the others")
    func honest() throws {
        for choice in 1..<32 {
            let places = (0..<5).filter { choice >> $0 & 1 == 1 }
            let disclosure = try disclosure(places)
            let bytes = disclosure.encode()
            #expect(try Disclosure.decode(bytes) == disclosure)
            let proven = try auditor.verify(try Disclosure.decode(bytes))
            #expect(proven.shown.map(\.segment) == places.map { Self.segments[$0] })
            #expect(proven.entry.leafIndex == 0 && proven.record.version == 1)
            for (place, segment) in Self.segments.enumerated() where !places.contains(place) {
                #expect(!contains(bytes, segment.content), "\(segment.kind)")
                #expect(!contains(bytes, segment.salt), "\(segment.kind)")
            }
        }
    }

    private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        bytes.indices.dropLast(part.count - 1).contains { bytes[$0...].starts(with: part) }
    }

    @Test("each lie about a segment is refused")
    func lies() throws {
        let honest = try disclosure([1, 2])
        let first = honest.shown[0]
        func bent(
            place: UInt64? = nil, kind: Segment.Kind? = nil, salt: [UInt8]? = nil,
            mediaType: String? = nil, content: [UInt8]? = nil, path: [Digest]? = nil
        ) -> Disclosure {
            let segment = first.segment
            let shown = Disclosure.Shown(
                place: place ?? first.place,
                segment: Segment(
                    kind: kind ?? segment.kind, salt: salt ?? segment.salt,
                    mediaType: mediaType ?? segment.mediaType,
                    content: content ?? segment.content), path: path ?? first.path)
            return Disclosure(
                segmentCount: honest.segmentCount, proof: honest.proof,
                shown: [shown, honest.shown[1]])
        }
        let lies: [(String, Disclosure)] = [
            ("other content", bent(content: [1])), ("other kind", bent(kind: .notes)),
            ("other media type", bent(mediaType: "x")),
            ("other salt", bent(salt: [UInt8](repeating: 9, count: 32))),
            ("no salt", bent(salt: [])), ("other place", bent(place: 0)),
            ("a path too short", bent(path: Array(first.path.dropLast()))),
            ("no path", bent(path: [])),
            ("twice", try disclosure([1, 1])), ("out of order", try disclosure([2, 1])),
            ("nothing shown", try disclosure([])),
            ("of an entry without segments", try disclosure([1], of: 1)),
            ("of another version", try disclosure([1], of: 2)),
            ("another count", try disclosure([4], count: 4)),
            ("no segments at all", try disclosure([1], count: 0)),
        ]
        for (what, lie) in lies {
            let failure = #expect(throws: ProofFailure.self, "\(what)") {
                try auditor.verify(lie)
            }
            #expect(failure?.step == .segments, "\(what)")
        }
        _ = try auditor.verify(honest)
    }

    @Test("no flipped bit of a disclosure is verified")
    func flips() throws {
        let bytes = try disclosure([0, 3]).encode()
        for index in stride(from: 0, to: bytes.count, by: 3) {
            var bent = bytes
            bent[index] ^= 1 << UInt8(index % 8)
            guard let read = try? Disclosure.decode(bent) else { continue }
            #expect(throws: ProofFailure.self, "byte \(index)") { try auditor.verify(read) }
        }
    }

    @Test("a version says which one it follows, and the first one follows none")
    func versions() throws {
        let proven = try auditor.verify(
            try disclosure([0], of: 2, Array(Self.segments.dropLast())))
        #expect(proven.record.version == 2)
        #expect(proven.record.previous == SegmentTree(Self.segments).root)
        for (version, previous, isRight) in [
            (1 as UInt64, nil as Digest?, true), (2, .zero, true), (0, nil, false),
            (1, .zero, false), (2, nil, false),
        ] {
            var entry = proven.entry.entry
            entry.body = .record(RecordBody(root: .zero, version: version, previous: previous))
            #expect(((try? entry.checkShape()) != nil) == isRight, "version \(version)")
            #expect(try Entry.decode(entry.encode()) == entry)
        }
    }
}
