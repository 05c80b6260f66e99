internal import Primitives
internal import Records

/// When something began and ended.
struct Span {
    var from: FHIRTime?
    var to: FHIRTime?

    /// The one civil day that the span lies in; nil where it lies in several, or is not known.
    var day: Day? {
        guard let first = from?.civilDay, first == to?.civilDay else { return nil }
        return first
    }
}

extension FHIRMapper {
    /// A time for a field of type instant; one written without a clock stays unknown.
    mutating func instant(
        _ key: String, of value: JSONValue, _ element: String
    ) throws(ElementError) -> FHIRTime? {
        let time = try value.time(key)
        if let time, time.instantValue == nil {
            note(element, "a date without a time of day")
        }
        return time
    }

    mutating func span(
        _ key: String, of value: JSONValue, _ element: String
    ) throws(ElementError) -> Span {
        guard let period = try value.object(key) else { return Span() }
        return Span(
            from: try instant("start", of: period, "\(element).start"),
            to: try instant("end", of: period, "\(element).end"))
    }

    /// The point in time that an entry takes from a date or time; nil for a year or month.
    ///
    /// A day without a time counts from its first moment in the assignment's zone.
    func moment(_ time: FHIRTime?) -> Timestamp? {
        switch time {
        case .instant(let instant, _): instant
        case .day(let day):
            Timestamp(
                milliseconds: day.start.milliseconds - Int64(assignment.zoneMinutes) * 60_000)
        case .coarser, nil: nil
        }
    }

    /// When the source system last changed the resource, where it says so.
    func lastUpdated(_ resource: Resource) throws(ElementError) -> Timestamp? {
        guard let meta = try resource.value.object("meta") else { return nil }
        return moment(try meta.time("lastUpdated"))
    }

    /// The time of an entry: of the first of these that is known, else of the last change.
    ///
    /// - Throws: ``ElementError`` at `key` where neither is there.
    func eventTime(
        _ times: [FHIRTime?], of resource: Resource, _ key: String
    ) throws(ElementError) -> Timestamp {
        for time in times {
            if let found = moment(time) { return found }
        }
        if let found = try lastUpdated(resource) { return found }
        throw resource.value.missing(key, "a date or time: every entry says when it happened")
    }

    /// An amount with every digit; one finer than the currency's minor unit stays unknown.
    mutating func money(
        _ key: String, of value: JSONValue, _ element: String
    ) throws(ElementError) -> Amount? {
        guard let money = try value.object(key), let number = money.member("value") else {
            return nil
        }
        guard let decimal = try number.decimal() else {
            note(element, "more digits than fit")
            return nil
        }
        guard let letters = try money.text("currency") else {
            note(element, "no currency")
            return nil
        }
        guard let currency = Currency(letters) else {
            throw ElementError(
                element: money.path(of: "currency"),
                error: .notA(expected: "a currency of ISO 4217", found: letters))
        }
        guard let amount = Amount(major: decimal, currency: currency) else {
            note(element, "finer than the minor unit")
            return nil
        }
        return amount
    }
}
