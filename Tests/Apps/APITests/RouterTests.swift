import Primitives
import Testing

@testable import API

@Suite("Who gets what at the door")
struct RouterTests {
    private static let routes = [
        Route("GET", "/open", isOpen: true) { _ in .text("open") },
        Route("GET", "/closed") { _ in .text("closed") },
        Route("POST", "/things") { request in .text("\(request.body.count) bytes") },
        Route("GET", "/entries/:id/receipt") { request in
            .text(request.parameters["id"] ?? "")
        },
    ]

    private static let local = (name: "Host", value: "localhost:7500")

    @Test(
        "a request finds its route, or hears why not",
        arguments: [
            ("GET", "/open", "", 200, "open"),
            ("GET", "/open?a=b", "", 200, "open"),
            ("GET", "/entries/17/receipt", "", 200, "17"),
            ("GET", "/entries/17", "", 404, "There is no"),
            ("POST", "/open", "application/json", 405, "takes GET"),
            ("GET", "/things", "", 405, "takes POST"),
            ("POST", "/things", "application/fhir+json; charset=utf-8", 200, "3 bytes"),
            ("POST", "/things", "text/plain", 415, "Content-Type"),
            ("POST", "/things", "", 415, "Content-Type"),
        ])
    func routing(
        _ method: String, _ target: String, _ type: String, _ status: Int, _ words: String
    ) async {
        let request = HTTPRequest(
            method: method, target: target,
            headers: [Self.local, (name: "Content-Type", value: type)], body: [1, 2, 3])
        let response = await Router(Self.routes).answer(request)
        #expect(response.status == status)
        #expect(String(decoding: response.body, as: UTF8.self).contains(words))
    }

    @Test(
        "a door for this machine answers under this machine's names only",
        arguments: [
            ("localhost", 200), ("LOCALHOST:80", 200), ("127.0.0.1:7500", 200), ("[::1]:80", 200),
            ("evil.example", 421), ("localhost.evil.example", 421), ("", 421),
        ])
    func rebinding(_ host: String, _ status: Int) async {
        let request = HTTPRequest(
            method: "GET", target: "/open", headers: [(name: "Host", value: host)])
        #expect(await Router(Self.routes).answer(request).status == status)
        let far = Router(Self.routes, token: "0123456789abcdef", isLoopback: false)
        #expect(await far.answer(request).status == 200)
    }

    @Test(
        "routes that are not open need the token",
        arguments: [
            ("/open", "", 200), ("/closed", "", 401), ("/closed", "Bearer wrong", 401),
            ("/closed", "0123456789abcdef", 401), ("/closed", "Bearer 0123456789abcdef", 200),
        ])
    func token(_ path: String, _ authorization: String, _ status: Int) async {
        let router = Router(Self.routes, token: "0123456789abcdef")
        let request = HTTPRequest(
            method: "GET", target: path,
            headers: [Self.local, (name: "Authorization", value: authorization)])
        #expect(await router.answer(request).status == status)
    }

    @Test(
        "below routes that speak CBOR the door's own refusals are CBOR, elsewhere JSON",
        arguments: [
            ("POST", "/statements", 401, "Not authorized"),
            ("PUT", "/statements", 405, "Method not allowed"),
            ("GET", "/statements/1/2/3", 404, "Not Found"), ("PUT", "/things", 405, nil),
            ("GET", "/statement", 404, nil), ("GET", "/other/statements", 404, nil),
        ])
    func problems(
        _ method: String, _ path: String, _ status: Int, _ title: String?
    ) async throws {
        let statements = Route("POST", "/statements", isConcise: true) { _ in .text("") }
        let router = Router(Self.routes + [statements], token: "0123456789abcdef")
        let response = await router.answer(
            HTTPRequest(method: method, target: path, headers: [Self.local]))
        #expect(response.status == status)
        guard let title else {
            #expect(response.mediaType == "application/problem+json")
            return
        }
        #expect(response.mediaType == "application/concise-problem-details+cbor")
        var reader = CBORReader(response.body)
        #expect(try reader.map(atMost: 2) == 2)
        #expect(try reader.integer() == -1)
        #expect(try reader.text() == title)
        #expect(try reader.integer() == -2)
        #expect(try !reader.text().isEmpty)
        #expect(response.headers.contains { $0.name == "allow" } == (status == 405))
    }

    @Test("values of a metric stand together under one help, labels escaped")
    func metrics() {
        var text = MetricsText()
        text.gauge("a", "First.", 1, [("rule", "x\"y\\z")])
        text.gauge("b", "Second.", 2)
        text.gauge("a", "Ignored.", 3, [("rule", "w")])
        #expect(
            text.lines == """
                # HELP a First.
                # TYPE a gauge
                a{rule="x\\"y\\\\z"} 1
                a{rule="w"} 3
                # HELP b Second.
                # TYPE b gauge
                b 2

                """)
    }
}
