/// Reads strict JSON into nodes, once from the first byte to the last.
struct JSONParser {
    let bytes: [UInt8]
    let limits: JSONLimits
    var nodes: [JSONNode] = []
    var position = 0
    /// Key nodes of the objects that are open, innermost last.
    private var keys: [Int32] = []

    init(_ bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func parse() throws(JSONError) {
        guard bytes.count <= limits.byteCountMax else {
            throw JSONError(
                offset: 0, reason: .tooLong(byteCount: bytes.count, limit: limits.byteCountMax))
        }
        nodes.reserveCapacity(bytes.count / 16 + 8)
        skipSpace()
        try value(depth: 0)
        skipSpace()
        guard position == bytes.count else {
            throw failure(.trailingBytes(count: bytes.count - position))
        }
    }

    func failure(_ reason: JSONError.Reason, at offset: Int? = nil) -> JSONError {
        JSONError(offset: offset ?? position, reason: reason)
    }

    private mutating func value(depth: Int) throws(JSONError) {
        switch try peek() {
        case UInt8(ascii: "{"): try object(depth: depth + 1)
        case UInt8(ascii: "["): try array(depth: depth + 1)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try word("true", .bool)
        case UInt8(ascii: "f"): try word("false", .bool)
        case UInt8(ascii: "n"): try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        case let other: throw failure(.unexpected(expected: "a value", found: other))
        }
    }

    private mutating func object(depth: Int) throws(JSONError) {
        let (index, firstKey) = (nodes.count, keys.count)
        try open(.object, depth: depth)
        if try peek() != UInt8(ascii: "}") {
            while true {
                guard try peek() == UInt8(ascii: "\"") else {
                    throw failure(.unexpected(expected: "a key in quotes", found: try peek()))
                }
                keys.append(Int32(truncatingIfNeeded: nodes.count))
                try string()
                skipSpace()
                guard try peek() == UInt8(ascii: ":") else {
                    throw failure(.unexpected(expected: "':'", found: try peek()))
                }
                position += 1
                skipSpace()
                try value(depth: depth)
                if try !another(before: UInt8(ascii: "}")) { break }
            }
        }
        try checkKeys(from: firstKey)
        keys.removeSubrange(firstKey...)
        close(index)
    }

    private mutating func array(depth: Int) throws(JSONError) {
        let index = nodes.count
        try open(.array, depth: depth)
        if try peek() != UInt8(ascii: "]") {
            while true {
                try value(depth: depth)
                if try !another(before: UInt8(ascii: "]")) { break }
            }
        }
        close(index)
    }

    private mutating func open(_ kind: JSONNode.Kind, depth: Int) throws(JSONError) {
        guard depth <= limits.depthMax else { throw failure(.tooDeep(limit: limits.depthMax)) }
        nodes.append(JSONNode(kind, start: position, end: position, next: 0))
        position += 1
        skipSpace()
    }

    private mutating func close(_ index: Int) {
        position += 1
        nodes[index].end = Int32(truncatingIfNeeded: position)
        nodes[index].next = Int32(truncatingIfNeeded: nodes.count)
    }

    /// Reads over a comma and says true, or stays at `end` and says false.
    private mutating func another(before end: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        let byte = try peek()
        if byte == end { return false }
        guard byte == UInt8(ascii: ",") else {
            let closing = Character(Unicode.Scalar(end))
            throw failure(.unexpected(expected: "',' or '\(closing)'", found: byte))
        }
        position += 1
        skipSpace()
        return true
    }

    private mutating func word(_ word: String, _ kind: JSONNode.Kind) throws(JSONError) {
        let start = position
        for expected in word.utf8 {
            guard try peek() == expected else {
                throw failure(.unexpected(expected: "'\(word)'", found: bytes[start]), at: start)
            }
            position += 1
        }
        nodes.append(JSONNode(kind, start: start, end: position, next: nodes.count + 1))
    }

    private func peek() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw failure(.truncated) }
        return bytes[position]
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            default: return
            }
        }
    }

    /// Throws where two keys of the object whose keys start at `first` are equal.
    ///
    /// Few keys are compared pairwise; many are sorted, so that hostile objects cost no square.
    private func checkKeys(from first: Int) throws(JSONError) {
        let count = keys.count - first
        guard count > 1 else { return }
        if count <= 24 {
            for later in (first + 1)..<keys.count {
                for earlier in first..<later where equal(keys[earlier], keys[later]) {
                    throw duplicate(keys[later])
                }
            }
            return
        }
        var sorted: [(text: String, node: Int32)] = []
        sorted.reserveCapacity(count)
        for key in keys[first...] { sorted.append((text(of: key), key)) }
        sorted.sort { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
        for index in 1..<sorted.count
        where sorted[index - 1].text.utf8.elementsEqual(sorted[index].text.utf8) {
            throw duplicate(max(sorted[index - 1].node, sorted[index].node))
        }
    }

    private func equal(_ left: Int32, _ right: Int32) -> Bool {
        let (first, second) = (nodes[Int(left)], nodes[Int(right)])
        if first.isEscaped || second.isEscaped {
            return text(of: left).utf8.elementsEqual(text(of: right).utf8)
        }
        guard first.end - first.start == second.end - second.start else { return false }
        var offset = Int(second.start)
        for index in Int(first.start)..<Int(first.end) {
            if bytes[index] != bytes[offset] { return false }
            offset += 1
        }
        return true
    }

    private func text(of key: Int32) -> String {
        let node = nodes[Int(key)]
        let content = bytes[Int(node.start)..<Int(node.end)]
        return String(
            decoding: node.isEscaped ? JSONEscapes.undone(content) : content, as: UTF8.self)
    }

    private func duplicate(_ key: Int32) -> JSONError {
        failure(.duplicateKey(text(of: key)), at: Int(nodes[Int(key)].start) - 1)
    }
}
