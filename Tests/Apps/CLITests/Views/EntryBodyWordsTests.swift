internal import Cryptography
internal import Primitives
internal import Records
internal import Testing

@testable import custos

@Suite("What an entry says in clear")
struct EntryBodyWordsTests {
    private static let first = OpaqueID(prefixOf: SHA256.hash([1]))
    private static let second = OpaqueID(prefixOf: SHA256.hash([2]))
    private static let day = Day(number: 18_000)

    private static func source(
        _ count: UInt64, _ root: Digest? = nil, _ outage: SourceBody.Outage? = nil
    ) -> EntryBody {
        .source(
            SourceBody(
                system: "pacs", day: day, firstNumber: 7, lastNumber: 6 + max(count, 1),
                count: count, logRoot: root, outage: outage))
    }

    private static func credential(_ department: String, isRevoked: Bool) -> EntryBody {
        .credential(
            CredentialBody(
                credential: first, publicKey: [], role: "nurse", department: department,
                from: day, to: Day(number: 18_001), isRevoked: isRevoked))
    }

    private static func hold(
        _ leaves: [UInt64], _ until: Day? = nil, isLifted: Bool = false
    ) -> EntryBody {
        .hold(
            HoldBody(
                hold: first, leaves: leaves, ground: "an appeal", until: until,
                isLifted: isLifted))
    }

    private static let table: [(EntryBody, String)] = [
        (hold([17]), "hold \(first) on leaf 17: an appeal"),
        (hold([17, 18], day), "hold \(first) on leaves 17, 18 until \(day): an appeal"),
        (
            hold(Array(1...10), isLifted: true),
            "lifts the hold \(first) on leaves 1, 2, 3, 4, 5, 6, 7, 8 and 2 more: an appeal"
        ),
        (
            .erasure(ErasureBody(leaves: [17], ground: "asked")),
            "erased the payload of leaf 17: asked"
        ),
        (
            .link(LinkBody(first: first, second: second, relation: .same)),
            "patients \(first) and \(second) are one person"
        ),
        (
            .link(LinkBody(first: first, second: second, relation: .notSame)),
            "patients \(first) and \(second) are not one person"
        ),
        (
            .link(LinkBody(first: first, second: second, relation: .provisional)),
            "patient \(first) is provisional, for \(second)"
        ),
        (source(0), "pacs recorded 0 events on 2019-04-14"),
        (source(3), "pacs recorded 3 events on 2019-04-14, numbers 7 to 9"),
        (
            source(1, .zero),
            "pacs recorded 1 events on 2019-04-14, numbers 7 to 7, its log under \(Digest.zero)"
        ),
        (
            source(
                0, nil,
                SourceBody.Outage(
                    from: Timestamp(milliseconds: 0), to: Timestamp(milliseconds: 60_000))),
            "pacs recorded 0 events on 2019-04-14, "
                + "down from 1970-01-01T00:00:00.000Z to 1970-01-01T00:01:00.000Z"
        ),
        (
            credential("", isRevoked: false),
            "credential \(first), nurse, from 2019-04-14 to 2019-04-15"
        ),
        (
            credential("ward 3", isRevoked: true),
            "revokes credential \(first), nurse, ward 3, from 2019-04-14 to 2019-04-15"
        ),
        (.void(VoidBody(first: 4, last: 5, reason: "lost")), "numbers 4 to 5 will never come"),
    ]

    @Test("is said in words", arguments: table)
    func words(body: EntryBody, said: String) {
        #expect(body.words == said)
    }
}
