internal import Foundation
internal import Primitives
internal import Records
internal import RuleLanguage

/// Reads values of facts as people write them in tests.
enum FactText {
    static func value(_ document: Document, as type: FactType) throws(TextError) -> FactValue {
        if type == .codes {
            var codes: [Code] = []
            for item in try document.items() {
                codes.append(try code(item))
            }
            return .codes(codes)
        }
        if type == .code { return .code(try code(document)) }
        let text = try document.text()
        guard let value = plain(text, type) else {
            throw document.error("'\(text)' is not \(words(type))")
        }
        return value
    }

    private static func plain(_ text: String, _ type: FactType) -> FactValue? {
        switch type {
        case .text: .text(text)
        case .integer: Int64(text).map { .integer($0) }
        case .decimal: ExactDecimal(text).map { .decimal($0) }
        case .bool: text == "true" ? .bool(true) : text == "false" ? .bool(false) : nil
        case .date: day(text).map { .date($0) }
        case .instant: instant(text).map { .instant($0.time, zoneMinutes: $0.zone) }
        case .money: amount(text).map { .money($0) }
        case .quantity: number(text).map { .quantity($0.number, unit: $0.unit) }
        case .institution: InstitutionID(text).map { .institution($0) }
        case .patient, .practitioner, .claim, .prescription: id(text).map { .id($0) }
        case .code, .codes: nil
        }
    }

    private static func words(_ type: FactType) -> String {
        switch type {
        case .integer: "a whole number"
        case .decimal: "a decimal such as 1.5"
        case .bool: "true or false"
        case .date: "a date such as 2026-01-31"
        case .instant: "an instant such as 2026-01-31T08:00:00Z"
        case .money: "an amount such as 12.50 USD"
        case .quantity: "a quantity such as 5 mg"
        case .institution: "an institution (1 to 32 of a-z, 0-9, -)"
        default: "a short word of 1 to 16 letters"
        }
    }

    /// An id made of a short word: its bytes, and zeros up to sixteen.
    static func id(_ word: String) -> OpaqueID? {
        let bytes = Array(word.utf8)
        guard (1...OpaqueID.byteCount).contains(bytes.count) else { return nil }
        return OpaqueID(
            bytes + Array(repeating: UInt8(0), count: OpaqueID.byteCount - bytes.count))
    }

    private static func code(_ document: Document) throws(TextError) -> Code {
        let text = try document.text()
        let parts = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw document.error("'\(text)' is not a code such as rxnorm|1049502")
        }
        return Code(system: String(parts[0]), code: String(parts[1]))
    }

    static func day(_ text: String) -> Day? {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else { return nil }
        return Day(year: parts[0], month: parts[1], day: parts[2])
    }

    static func instant(_ text: String) -> (time: Timestamp, zone: Int16)? {
        if let day = day(text) { return (day.start, 0) }
        guard let date = try? Date(text, strategy: .iso8601) else { return nil }
        let milliseconds = Int64((date.timeIntervalSince1970 * 1_000).rounded())
        return (Timestamp(milliseconds: milliseconds), zone(text))
    }

    /// A point in time, or the beginning of a day in UTC.
    static func moment(_ document: Document) throws(TextError) -> Timestamp {
        let text = try document.text()
        guard let found = instant(text) else {
            throw document.error("'\(text)' is neither a date nor an instant")
        }
        return found.time
    }

    /// The minutes east of UTC that the last six characters say, 0 for `Z`.
    private static func zone(_ text: String) -> Int16 {
        let offset = text.suffix(6)
        guard let sign = offset.first, sign == "+" || sign == "-" else { return 0 }
        let parts = offset.dropFirst().split(separator: ":").compactMap { Int16($0) }
        guard parts.count == 2 else { return 0 }
        return (sign == "-" ? -1 : 1) * (parts[0] * 60 + parts[1])
    }

    static func amount(_ text: String) -> Amount? {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let number = ExactDecimal(parts[0]),
            let currency = Currency(String(parts[1]))
        else { return nil }
        return Amount(major: number, currency: currency)
    }

    static func number(_ text: String) -> (number: ExactDecimal, unit: String)? {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard let first = parts.first, let number = ExactDecimal(first) else { return nil }
        return (number, parts.count == 2 ? String(parts[1]) : "1")
    }
}
