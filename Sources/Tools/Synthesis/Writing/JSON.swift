internal import Primitives

/// A piece of JSON, put together from texts that need no escapes.
///
/// No name or code of a region's tables holds a quote, a backslash or a control character.
enum JSON {
    case raw(String)
    indirect case member(String, JSON)
    case members([JSON])
    case object([JSON])
    case array([JSON])

    static func text(_ text: String) -> JSON { .raw("\"\(text)\"") }

    static func number(_ number: Int) -> JSON { .raw(String(number)) }

    /// A decimal of minor units with its currency, as FHIR's Money.
    static func money(_ minor: Int) -> JSON {
        let cents = minor % 100
        return .object([
            .member("value", .raw("\(minor / 100).\(cents < 10 ? "0" : "")\(cents)")),
            .member("currency", text("CNY")),
        ])
    }

    static func reference(_ type: String, _ id: String) -> JSON {
        .object([.member("reference", text("\(type)/\(id)"))])
    }

    static func concept(_ system: String, _ code: String) -> JSON {
        .object([
            .member(
                "coding",
                .array([.object([.member("system", text(system)), .member("code", text(code))])]))
        ])
    }

    /// A moment of local seconds, eight hours ahead of UTC.
    static func moment(_ seconds: Int) -> JSON {
        let rest = seconds % 86_400
        let parts = [rest / 3_600, rest / 60 % 60, rest % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return text("\(date(seconds / 86_400))T\(parts.joined(separator: ":"))+08:00")
    }

    static func day(_ day: Int) -> JSON { text(date(day)) }

    static func period(_ from: Int, _ to: Int) -> JSON {
        .object([.member("start", moment(from)), .member("end", moment(to))])
    }

    private static func date(_ day: Int) -> String {
        let civil = Day(number: Int32(clamping: day)).civil
        let parts = [civil.month, civil.day].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(civil.year)-\(parts.joined(separator: "-"))"
    }

    var text: String {
        switch self {
        case .raw(let text): text
        case .member(let name, let value): "\"\(name)\":\(value.text)"
        case .members(let parts): parts.map(\.text).joined(separator: ",")
        case .object(let parts): "{\(parts.map(\.text).joined(separator: ","))}"
        case .array(let parts): "[\(parts.map(\.text).joined(separator: ","))]"
        }
    }
}
