internal import Ledger
internal import Primitives
internal import Records

/// An entry as a person or a program reads it: what stands in clear.
struct EntryView: Encodable {
    let leaf: UInt64
    let leafHash: String
    let kind: String
    /// Absent of a statement of which only the bytes are known: who brought it, and under which
    /// number, stands in its batch alone.
    let issuer: String?
    let stream: UInt16?
    let number: UInt64?
    /// Absent of a statement that does not say when it was issued.
    let time: String?
    let subjects: [String]
    let commitment: String?
    let recipients: [String]
    let access: Access?
    let body: String?
    /// Whether the number may be greater: a statement's place in its batch shows no more.
    var isNumberLeast: Bool?
    /// Why the entry has no effect; absent where it has.
    var effect: String?

    struct Access: Encodable {
        let action: String
        let purpose: String
        let basis: String
        let outcome: String
    }

    init(_ entry: Entry, leaf: UInt64, leafHash: Digest) {
        self.leaf = leaf
        self.leafHash = leafHash.description
        kind = Self.words("\(entry.kind)")
        let isNumbered = entry.isCarried
        issuer = isNumbered ? entry.issuer.name : nil
        stream = isNumbered ? entry.stream.number : nil
        number = isNumbered ? entry.number : nil
        time = entry.isTimed ? entry.eventTime.description : nil
        subjects = entry.subjects.map(\.description)
        commitment = entry.commitment?.description
        recipients = entry.recipients.map(\.name)
        access = entry.access.map { access in
            Access(
                action: Self.words("\(access.action)"), purpose: Self.words("\(access.purpose)"),
                basis: Self.words("\(access.basis)"), outcome: Self.words("\(access.outcome)"))
        }
        body = entry.body.map(\.words)
    }

    var lines: [String] {
        var first = "leaf \(leaf): \(kind)"
        if let issuer, let stream, let number {
            first +=
                ", by \(issuer), stream \(stream), number "
                + (isNumberLeast ?? false ? "at least " : "") + "\(number)"
        }
        if let time { first += ", \(time)" }
        var lines = [first]
        for subject in subjects { lines.append("  about       \(subject)") }
        if let access {
            lines.append(
                "  access      \(access.action) for \(access.purpose), basis \(access.basis), "
                    + access.outcome)
        }
        if let body { lines.append("  says        \(body)") }
        if let effect { lines.append("  NO EFFECT   \(effect)") }
        if let commitment { lines.append("  commitment  \(commitment)") }
        if !recipients.isEmpty {
            lines.append("  sealed to   \(recipients.joined(separator: ", "))")
        }
        return lines
    }

    /// `seriousFailure` as `serious failure`.
    static func words(_ name: String) -> String {
        name.reduce(into: "") { text, character in
            if character.isUppercase {
                text += " " + character.lowercased()
            } else {
                text.append(character)
            }
        }
    }
}
