extension WindowPhrase: CustomStringConvertible {
    /// The window written in one way, whatever spaces and words its source had.
    public var description: String {
        var text = kind
        if !times.isEmpty { text += "[\(times.joined(separator: ", "))]" }
        let keys = keys.map { key in
            (key.field.map { "\($0) = " } ?? "") + key.value.description
        }
        if !keys.isEmpty { text += " of \(keys.joined(separator: " and "))" }
        if let stretch { text += " \(stretch)" }
        switch order {
        case .any: break
        case .other: text += " other"
        case .earlier: text += " earlier"
        }
        if let filter { text += " where \(filter)" }
        return text
    }
}

extension WindowPhrase.Stretch: CustomStringConvertible {
    public var description: String {
        switch self {
        case .withinBefore(let length, let point): "within \(length) before \(point)"
        case .withinUpTo(let length, let point): "within \(length) up to \(point)"
        case .withinAfter(let length, let point): "within \(length) after \(point)"
        case .withinFrom(let length, let point): "within \(length) from \(point)"
        case .withinAround(let length, let point): "within \(length) around \(point)"
        case .before(let point): "before \(point)"
        case .upTo(let point): "up to \(point)"
        case .after(let point): "after \(point)"
        case .from(let point): "from \(point)"
        case .between(let first, let last): "between \(first) and \(last)"
        case .on(let point): "on \(point)"
        case .overlapping(let what): "overlapping \(what)"
        case .overlappingRange(let first, let last): "overlapping \(first) to \(last)"
        case .during(let first, let last): "during \(first) to \(last)"
        case .covering(let first, let last): "covering \(first) to \(last)"
        }
    }
}
