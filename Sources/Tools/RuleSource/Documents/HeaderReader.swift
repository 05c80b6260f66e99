internal import RuleLanguage

/// Reads what a rule says about itself.
enum HeaderReader {
    static func header(_ fields: RuleFields) throws(TextError) -> RuleHeader {
        var attributes: [RuleHeader.Attribute] = []
        for attribute in RuleAttribute.allCases {
            guard let value = fields[attribute.name] else { continue }
            if attribute == .stage { try checkStage(value) }
            attributes.append(RuleHeader.Attribute(name: attribute, text: try text(value)))
        }
        return RuleHeader(
            id: try id(try fields.required("id")), title: try fields.required("title").text(),
            status: try word(
                try fields.required("status"), among: RuleStatus.allCases, named: \.name),
            level: try word(
                try fields.required("level"), among: RuleLevel.allCases, named: \.name),
            result: try word(
                try fields.required("result"), among: RuleResult.allCases, named: \.name),
            basis: try fields["basis"].map(basis) ?? [], attributes: attributes)
    }

    /// What a ledger and a file system take as a name.
    private static func id(_ document: Document) throws(TextError) -> String {
        let id = try document.text()
        let isRight = id.utf8.allSatisfy { byte in
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || "._-".utf8.contains(byte)
        }
        guard isRight, (1...32).contains(id.utf8.count) else {
            throw document.error(
                "'\(id)' is no id; one has 1 to 32 letters, digits, dots, hyphens or underscores")
        }
        return id
    }

    /// The moments in which a rule runs decide what it may cost, so they are checked words.
    private static func checkStage(_ document: Document) throws(TextError) {
        for item in try document.list() {
            for word in try item.text().split(separator: ",") {
                let moment = word.filter { !$0.isWhitespace }
                guard !StageBudget.moments.contains(moment) else { continue }
                throw item.error(
                    "'\(moment)' is none of \(StageBudget.moments.joined(separator: ", "))")
            }
        }
    }

    /// Text, or a list of texts, joined.
    private static func text(_ document: Document) throws(TextError) -> String {
        guard document.isList else { return try document.text() }
        var texts: [String] = []
        for item in try document.items() { texts.append(try item.text()) }
        return texts.joined(separator: ", ")
    }

    private static func word<Word>(
        _ document: Document, among words: [Word], named name: (Word) -> String
    ) throws(TextError) -> Word {
        let text = try document.text()
        guard let word = words.first(where: { name($0) == text }) else {
            throw document.error(
                "'\(text)' is none of \(words.map(name).joined(separator: ", "))")
        }
        return word
    }

    private static func basis(
        _ document: Document
    ) throws(TextError) -> [RuleHeader.LegalBasis] {
        var basis: [RuleHeader.LegalBasis] = []
        for item in try document.items() {
            let fields = RuleFields(try item.fields(["law", "note"]), in: item)
            basis.append(
                RuleHeader.LegalBasis(
                    law: try fields.required("law").text(),
                    note: try fields["note"]?.text() ?? ""))
        }
        return basis
    }
}
