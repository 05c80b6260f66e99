extension JSONParser {
    /// Reads a string and checks its UTF-8 and escapes, without building it.
    mutating func string() throws(JSONError) {
        let start = position + 1
        var index = start
        var isEscaped = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                var node = JSONNode(.string, start: start, end: index, next: nodes.count + 1)
                node.isEscaped = isEscaped
                nodes.append(node)
                position = index + 1
                return
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                index = try escape(at: index)
            } else if byte < 0x20 {
                throw failure(.controlCharacter(byte), at: index)
            } else if byte < 0x80 {
                index += 1
            } else {
                index = try scalar(at: index)
            }
        }
        throw failure(.truncated, at: bytes.count)
    }

    /// Checks the escape that starts at a backslash; returns the offset after it.
    private func escape(at start: Int) throws(JSONError) -> Int {
        guard start + 1 < bytes.count else { throw failure(.truncated, at: bytes.count) }
        switch bytes[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start + 2
        case UInt8(ascii: "u"):
            let unit = try codeUnit(at: start)
            guard unit & 0xf800 == 0xd800 else { return start + 6 }
            guard unit < 0xdc00, start + 7 < bytes.count, bytes[start + 6] == UInt8(ascii: "\\"),
                bytes[start + 7] == UInt8(ascii: "u"),
                try codeUnit(at: start + 6) & 0xfc00 == 0xdc00
            else { throw failure(.loneSurrogate, at: start) }
            return start + 12
        default: throw failure(.unknownEscape, at: start)
        }
    }

    private func codeUnit(at start: Int) throws(JSONError) -> UInt16 {
        guard start + 6 <= bytes.count else { throw failure(.truncated, at: bytes.count) }
        guard let unit = JSONEscapes.codeUnit(bytes[(start + 2)..<(start + 6)]) else {
            throw failure(.unknownEscape, at: start)
        }
        return unit
    }

    /// Checks a UTF-8 sequence of two to four bytes; returns the offset after it.
    ///
    /// Source: RFC 3629, section 4: no overlong forms, no surrogates, nothing past U+10FFFF.
    private func scalar(at start: Int) throws(JSONError) -> Int {
        let lead = bytes[start]
        let (count, second): (Int, ClosedRange<UInt8>)
        switch lead {
        case 0xc2...0xdf: (count, second) = (2, 0x80...0xbf)
        case 0xe0: (count, second) = (3, 0xa0...0xbf)
        case 0xed: (count, second) = (3, 0x80...0x9f)
        case 0xe1...0xec, 0xee...0xef: (count, second) = (3, 0x80...0xbf)
        case 0xf0: (count, second) = (4, 0x90...0xbf)
        case 0xf1...0xf3: (count, second) = (4, 0x80...0xbf)
        case 0xf4: (count, second) = (4, 0x80...0x8f)
        default: throw failure(.notUTF8, at: start)
        }
        guard start + count <= bytes.count, second.contains(bytes[start + 1]) else {
            throw failure(.notUTF8, at: start)
        }
        for index in (start + 2)..<(start + max(count, 2)) where bytes[index] & 0xc0 != 0x80 {
            throw failure(.notUTF8, at: start)
        }
        return start + count
    }

    /// Reads a number: `-`, digits without a leading zero, a fraction, an exponent.
    mutating func number() throws(JSONError) {
        let start = position
        if at("-") { position += 1 }
        if at("0") {
            position += 1
        } else if digits() == 0 {
            throw failure(.malformedNumber, at: start)
        }
        if at(".") {
            position += 1
            if digits() == 0 { throw failure(.malformedNumber, at: start) }
        }
        if at("e") || at("E") {
            position += 1
            if at("+") || at("-") { position += 1 }
            if digits() == 0 { throw failure(.malformedNumber, at: start) }
        }
        if position < bytes.count, isDigit(bytes[position]) {
            throw failure(.malformedNumber, at: start)
        }
        nodes.append(JSONNode(.number, start: start, end: position, next: nodes.count + 1))
    }

    private func at(_ character: Unicode.Scalar) -> Bool {
        position < bytes.count && bytes[position] == UInt8(ascii: character)
    }

    private mutating func digits() -> Int {
        let start = position
        while position < bytes.count, isDigit(bytes[position]) { position += 1 }
        return position - start
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
