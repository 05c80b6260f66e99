/// A decimal number without rounding: `coefficient` × 10^−`scale`.
///
/// Always reduced (no trailing zero in the coefficient where the scale is above 0), so that equal
/// numbers are equal values and have equal bytes.
public struct ExactDecimal: Hashable, Sendable {
    public let coefficient: Int64
    public let scale: UInt8

    /// The largest number of digits after the point.
    public static let scaleMax: UInt8 = 18

    public static let zero = ExactDecimal(0)

    public init(_ integer: Int64) {
        coefficient = integer
        scale = 0
    }

    /// The number coefficient × 10^−scale, reduced; nil where the scale is above 18.
    public init?(coefficient: Int64, scale: UInt8) {
        guard scale <= ExactDecimal.scaleMax else { return nil }
        var coefficient = coefficient
        var scale = scale
        while scale > 0, coefficient % 10 == 0 {
            coefficient /= 10
            scale -= 1
        }
        self.coefficient = coefficient
        self.scale = scale
    }

    /// The number that the text says, `-12.50` or `1.5e3`; nil for other text or too many digits.
    public init?(_ text: some StringProtocol) {
        var coefficient: Int64 = 0
        var scale = 0
        var exponent = 0
        var digitCount = 0
        var sawPoint = false
        var bytes = Array(text.utf8)[...]
        let negative = bytes.first == UInt8(ascii: "-")
        if negative { bytes = bytes.dropFirst() }
        while let byte = bytes.first {
            if byte == UInt8(ascii: "."), !sawPoint {
                sawPoint = true
            } else if (byte | 0x20) == UInt8(ascii: "e"), digitCount > 0 {
                guard let value = Int(String(decoding: bytes.dropFirst(), as: UTF8.self)),
                    abs(value) <= 64
                else { return nil }
                exponent = value
                bytes = []
                break
            } else {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                let digit = Int64(byte - UInt8(ascii: "0"))
                let (tens, overflow) = coefficient.multipliedReportingOverflow(by: 10)
                let (sum, carried) = tens.addingReportingOverflow(negative ? -digit : digit)
                guard !overflow, !carried else { return nil }
                coefficient = sum
                digitCount += 1
                if sawPoint { scale += 1 }
            }
            bytes = bytes.dropFirst()
        }
        guard digitCount > 0 else { return nil }
        scale -= exponent
        while scale < 0 {
            let (tens, overflow) = coefficient.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            coefficient = tens
            scale += 1
        }
        while scale > Int(ExactDecimal.scaleMax), coefficient % 10 == 0, coefficient != 0 {
            coefficient /= 10
            scale -= 1
        }
        if coefficient == 0 { scale = 0 }
        guard scale <= Int(ExactDecimal.scaleMax) else { return nil }
        self.init(coefficient: coefficient, scale: UInt8(scale))
    }
}

extension ExactDecimal: CustomStringConvertible {
    public var description: String {
        guard scale > 0 else { return String(coefficient) }
        let digits = String(coefficient.magnitude)
        let width = Int(scale) + 1
        let padded = String(repeating: "0", count: max(0, width - digits.count)) + digits
        let point = padded.index(padded.endIndex, offsetBy: -Int(scale))
        let sign = coefficient < 0 ? "-" : ""
        return sign + padded[..<point] + "." + padded[point...]
    }
}
