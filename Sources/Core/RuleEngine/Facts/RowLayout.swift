internal import Records

/// Where the fields of a kind stand among the words of a row.
///
/// Word 0 says which fields are known, by bit; each field has one word or two after it. When and by
/// whom the row was anchored stands behind the fields and is always known.
struct RowLayout: Sendable {
    struct Slot: Sendable {
        let offset: Int
        /// The bit among the known ones.
        let bit: Int
        let type: FactType
    }

    let fields: [Slot]
    let anchored: Slot
    let issuer: Slot
    let wordCount: Int

    static let ofKind: [RowLayout] = FactKind.allCases.map { RowLayout($0.schema) }

    private init(_ schema: FactSchema) {
        var offset = 1
        var bit = 0
        func next(_ type: FactType) -> Slot {
            defer {
                offset += type.wordCount
                bit += 1
            }
            return Slot(offset: offset, bit: bit, type: type)
        }
        fields = schema.fields.map { next($0.type) }
        anchored = next(.instant)
        issuer = next(.institution)
        wordCount = offset
    }

    /// The slot of a field by its number in the rule schema.
    func slot(_ number: Int) -> Slot? {
        if fields.indices.contains(number) { return fields[number] }
        switch PlaceField(rawValue: number) {
        case .anchored: return anchored
        case .issuer: return issuer
        case nil: return nil
        }
    }
}

extension FactType {
    /// How many words a value of the type takes in a row.
    var wordCount: Int {
        switch self {
        case .decimal, .money, .quantity, .instant: 2
        default: 1
        }
    }
}
