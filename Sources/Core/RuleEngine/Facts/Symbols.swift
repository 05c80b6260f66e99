internal import Primitives
internal import Records
internal import RuleLanguage

/// Numbers for texts, ids, codes and key numbers, so that rows and keys are plain words.
///
/// Each sort has its own numbers, from 0 in the order of first appearance. Numbers are local: they
/// never leave the engine, and no answer depends on them.
struct Symbols: Sendable {
    private(set) var texts: [String] = []
    private(set) var ids: [OpaqueID] = []
    /// System above, code below, both as texts.
    private(set) var codes: [UInt64] = []
    private(set) var integers: [Int64] = []
    /// The codes of lists of codes; a row names first and count.
    private(set) var listed: [Int64] = []
    private var textPlaces: [ExactText: Int32] = [:]
    private var idPlaces: [OpaqueID: Int32] = [:]
    private var codePlaces: [UInt64: Int32] = [:]
    private var integerPlaces: [Int64: Int32] = [:]

    mutating func text(_ text: String) -> Int64 {
        if let known = textPlaces[ExactText(text)] { return Int64(known) }
        textPlaces[ExactText(text)] = Int32(truncatingIfNeeded: texts.count)
        texts.append(text)
        return Int64(texts.count - 1)
    }

    mutating func id(_ id: OpaqueID) -> Int64 {
        if let known = idPlaces[id] { return Int64(known) }
        idPlaces[id] = Int32(truncatingIfNeeded: ids.count)
        ids.append(id)
        return Int64(ids.count - 1)
    }

    mutating func code(system: String, code: String) -> Int64 {
        pair(UInt64(text(system)) << 32 | UInt64(text(code)))
    }

    /// A list of codes: where it begins among ``listed``, and how many they are.
    mutating func list(_ codes: [Code]) -> Int64 {
        let first = Int64(listed.count)
        for item in codes { listed.append(code(system: item.system, code: item.code)) }
        return first << 16 | Int64(codes.count)
    }

    /// The places of a list of codes among ``listed``.
    static func places(ofList word: Int64) -> Range<Int> {
        let first = Int(word >> 16)
        return first..<(first + Int(word & 0xffff))
    }

    private mutating func pair(_ pair: UInt64) -> Int64 {
        if let known = codePlaces[pair] { return Int64(known) }
        codePlaces[pair] = Int32(truncatingIfNeeded: codes.count)
        codes.append(pair)
        return Int64(codes.count - 1)
    }

    /// The number of a whole number or a day where it is a key.
    mutating func integer(_ integer: Int64) -> Int64 {
        if let known = integerPlaces[integer] { return Int64(known) }
        integerPlaces[integer] = Int32(truncatingIfNeeded: integers.count)
        integers.append(integer)
        return Int64(integers.count - 1)
    }

    /// System and code of a code, as texts.
    func parts(ofCode symbol: Int64) -> (system: Int64, code: Int64) {
        let pair = codes[Int(symbol)]
        return (Int64(pair >> 32), Int64(pair & 0xffff_ffff))
    }

    /// The key number of a value, or nil where it has none.
    mutating func key(_ value: Value) -> Int64? {
        switch value {
        case .integer(let number): integer(number)
        case .date(let day): integer(Int64(day.number))
        case .text(let words): text(words)
        case .code(let system, let words): code(system: system, code: words)
        case .id(let name): id(name)
        case .institution(let name): text(name.name)
        default: nil
        }
    }

    /// The key number of a value, or nil where it has none, or no row and no rule ever had it.
    func known(_ value: Value) -> Int64? {
        switch value {
        case .integer(let number): integerPlaces[number].map { Int64($0) }
        case .date(let day): integerPlaces[Int64(day.number)].map { Int64($0) }
        case .text(let words): known(words)
        case .code(let system, let words):
            known(system).flatMap { system in
                known(words).flatMap { codePlaces[UInt64(system) << 32 | UInt64($0)] }
            }.map { Int64($0) }
        case .id(let name): idPlaces[name].map { Int64($0) }
        case .institution(let name): known(name.name)
        default: nil
        }
    }

    private func known(_ text: String) -> Int64? { textPlaces[ExactText(text)].map { Int64($0) } }

    // MARK: - Going back

    /// How many symbols of each sort there are.
    struct Mark: Sendable {
        let texts: Int
        let ids: Int
        let codes: Int
        let integers: Int
        let listed: Int
    }

    var mark: Mark {
        Mark(
            texts: texts.count, ids: ids.count, codes: codes.count, integers: integers.count,
            listed: listed.count)
    }

    /// Forgets what came after the mark.
    mutating func revert(to mark: Mark) {
        for text in texts[mark.texts...] { textPlaces[ExactText(text)] = nil }
        for id in ids[mark.ids...] { idPlaces[id] = nil }
        for code in codes[mark.codes...] { codePlaces[code] = nil }
        for integer in integers[mark.integers...] { integerPlaces[integer] = nil }
        texts.removeSubrange(mark.texts...)
        ids.removeSubrange(mark.ids...)
        codes.removeSubrange(mark.codes...)
        integers.removeSubrange(mark.integers...)
        listed.removeSubrange(mark.listed...)
    }
}
