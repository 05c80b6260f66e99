internal import Primitives

/// The escapes of strings: makes them, and undoes those that were found right.
public enum JSONEscapes {
    /// Appends a text as a JSON string, with its quotes.
    public static func quote(_ text: String, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                bytes += "\\u00".utf8
                bytes += [byte].hex.utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// The UTF-8 that the content of a string stands for.
    static func undone(_ content: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var result: [UInt8] = []
        result.reserveCapacity(content.count)
        var rest = content
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                result.append(byte)
                continue
            }
            switch escape {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0c)
            case UInt8(ascii: "n"): result.append(0x0a)
            case UInt8(ascii: "r"): result.append(0x0d)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"): append(unicode(&rest), to: &result)
            default: result.append(escape)
            }
        }
        return result[...]
    }

    /// The number that four hexadecimal digits say, or nil where they are anything else.
    static func codeUnit(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard digits.count == 4 else { return nil }
        var unit: UInt16 = 0
        for digit in digits {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
            default: return nil
            }
            unit = unit << 4 | UInt16(value)
        }
        return unit
    }

    private static func unicode(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar? {
        guard let high = codeUnit(rest.prefix(4)) else { return nil }
        rest = rest.dropFirst(4)
        guard high & 0xf800 == 0xd800 else { return Unicode.Scalar(high) }
        guard let low = codeUnit(rest.dropFirst(2).prefix(4)) else { return nil }
        rest = rest.dropFirst(6)
        return Unicode.Scalar(0x1_0000 + (UInt32(high & 0x3ff) << 10 | UInt32(low & 0x3ff)))
    }

    private static func append(_ scalar: Unicode.Scalar?, to result: inout [UInt8]) {
        guard let scalar else { return }
        result.append(contentsOf: Array(String(Character(scalar)).utf8))
    }
}
