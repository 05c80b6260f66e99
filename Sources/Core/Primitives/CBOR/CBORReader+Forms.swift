extension CBORReader {
    /// Reads exactly these bytes as one item.
    ///
    /// - Throws: what `item` throws; ``CBORError/trailingBytes(offset:count:)`` where more follows.
    @inlinable
    public static func whole<Item>(
        _ bytes: ArraySlice<UInt8>, _ item: (inout CBORReader) throws(CBORError) -> Item
    ) throws(CBORError) -> Item {
        var reader = CBORReader(bytes)
        let value = try item(&reader)
        try reader.finish()
        return value
    }

    /// Reads the map key that must stand here.
    ///
    /// - Throws: ``CBORError/key(offset:key:problem:)`` where another stands here.
    public mutating func key(_ expected: UInt64) throws(CBORError) {
        let start = offset
        guard try unsigned() == expected else {
            throw .key(offset: start, key: expected, problem: .missing)
        }
    }

    /// Opens a map of exactly `count` pairs.
    public mutating func map(exactly count: Int) throws(CBORError) {
        let start = offset
        guard try map(atMost: count) == count else {
            throw .outOfRange(offset: start, what: "count of map pairs", limit: UInt64(count))
        }
    }

    /// An unsigned integer that names one case of a small enumeration; `expected` says which.
    public mutating func code<Code: RawRepresentable>(
        _ expected: String
    ) throws(CBORError) -> Code where Code.RawValue == UInt8 {
        let start = offset
        let number = try unsigned()
        guard let byte = UInt8(exactly: number), let code = Code(rawValue: byte) else {
            throw .unexpected(offset: start, expected: expected, found: "\(number)")
        }
        return code
    }

    /// An array of at most `limit` items, each read by `item`.
    public mutating func list<Item>(
        atMost limit: Int, _ item: (inout CBORReader) throws(CBORError) -> Item
    ) throws(CBORError) -> [Item] {
        var items: [Item] = []
        for _ in 0..<(try array(atMost: limit)) { items.append(try item(&self)) }
        return items
    }
}
