import Primitives
import Testing

@testable import Interop

@Suite("FHIR references and times")
struct ReferenceTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let json: String
        let type: String?
        let id: String?
        var isContained = false
        var identifier: String?
        var testDescription: String { json }
    }

    static let rows: [Row] = [
        Row(json: #"{"reference":"Patient/p1"}"#, type: "Patient", id: "p1"),
        Row(json: #"{"reference":"urn:uuid:0a-b"}"#, type: nil, id: "0a-b"),
        Row(json: #"{"reference":"urn:uuid:0a","type":"Patient"}"#, type: "Patient", id: "0a"),
        Row(json: #"{"reference":"urn:oid:1.2.3"}"#, type: nil, id: "urn:oid:1.2.3"),
        Row(json: ##"{"reference":"#x"}"##, type: nil, id: "x", isContained: true),
        Row(json: #"{"reference":"https://a.b/fhir/Claim/7"}"#, type: "Claim", id: "7"),
        Row(json: #"{"reference":"Patient/p1/_history/3"}"#, type: "Patient", id: "p1"),
        Row(json: #"{"reference":"p1"}"#, type: nil, id: "p1"),
        Row(
            json: #"{"reference":"Practitioner?identifier=http://npi|17"}"#, type: "Practitioner",
            id: nil, identifier: "http://npi|17"),
        Row(
            json: #"{"identifier":{"system":"urn:x","value":"9"}}"#, type: nil, id: nil,
            identifier: "urn:x|9"),
        Row(json: #"{"identifier":{"value":"9"}}"#, type: nil, id: nil, identifier: "9"),
        Row(json: #"{"display":"somebody"}"#, type: nil, id: nil),
        Row(json: "{}", type: nil, id: nil),
    ]

    @Test("every form of reference is read", arguments: rows)
    func reads(row: Row) throws {
        let reference = try Reference(JSONDocument(Array(row.json.utf8)).root)
        #expect(reference.type == row.type)
        #expect(reference.id == row.id)
        #expect(reference.isContained == row.isContained)
        #expect(reference.identifier == row.identifier)
        #expect(reference.hasTarget == (row.id != nil || row.identifier != nil))
    }

    static let times: [(text: String, milliseconds: Int64, zone: Int16)] = [
        ("1970-01-01T00:00:00Z", 0, 0),
        ("1970-01-01T00:00:00.5Z", 500, 0),
        ("1970-01-01T00:00:00.123999Z", 123, 0),
        ("1970-01-01T08:00:00+08:00", 0, 480),
        ("1969-12-31T19:00:00-05:00", 0, -300),
        ("1969-12-31T23:59:60Z", 0, 0),
        ("2000-02-29T12:34:56+05:45", 951_806_996_000, 345),
    ]

    @Test("a time is a point in UTC and the zone it was written in", arguments: times)
    func reads(text: String, milliseconds: Int64, zone: Int16) {
        guard case .instant(let time, let minutes) = FHIRTime(Array(text.utf8)[...]) else {
            Issue.record("\(text) was not read")
            return
        }
        #expect(time.milliseconds == milliseconds)
        #expect(minutes == zone)
    }

    @Test("the day of a time is that of its own zone")
    func days() {
        let rows = [
            ("2021-06-30T23:30:00-05:00", "2021-06-30"),
            ("2021-07-01T00:30:00+08:00", "2021-07-01"),
            ("2021-07-01", "2021-07-01"),
        ]
        for (text, day) in rows {
            #expect(FHIRTime(Array(text.utf8)[...])?.civilDay?.description == day)
        }
    }

    @Test("coarser dates have neither day nor time")
    func coarse() {
        for text in ["2021", "2021-07"] {
            #expect(FHIRTime(Array(text.utf8)[...]) == .coarser)
            #expect(FHIRTime.coarser.civilDay == nil)
            #expect(FHIRTime.coarser.instantValue == nil)
        }
    }

    @Test(
        "what is no date is none",
        arguments: [
            "", "21", "0000", "2021-13", "2021-00", "2021-02-29", "2021-7-1", "2021-07-01T",
            "2021-07-01T10:00", "2021-07-01T10:00:00", "2021-07-01T24:00:00Z",
            "2021-07-01T10:60:00Z", "2021-07-01T10:00:61Z", "2021-07-01T10:00:00.Z",
            "2021-07-01T10:00:00+15:00", "2021-07-01T10:00:00+8:00", "2021-07-01T10:00:00Zx",
            "2021-07-01 10:00:00Z", " 2021-07-01", "2021-07-01é",
        ])
    func refuses(text: String) {
        #expect(FHIRTime(Array(text.utf8)[...]) == nil)
    }
}
