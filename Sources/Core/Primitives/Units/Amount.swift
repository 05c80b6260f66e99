/// Money, in the minor unit of its currency: 12.50 USD is 1250 of `USD`.
public struct Amount: Hashable, Sendable, CustomStringConvertible {
    public let minorUnits: Int64
    public let currency: Currency

    public init(minorUnits: Int64, currency: Currency) {
        self.minorUnits = minorUnits
        self.currency = currency
    }

    /// The amount that a decimal in major units says; nil where it has a fraction of a minor unit.
    public init?(major: ExactDecimal, currency: Currency) {
        var units = major.coefficient
        let missing = currency.minorDigits - Int(major.scale)
        guard missing >= 0 else { return nil }
        for _ in 0..<missing {
            let (product, overflow) = units.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            units = product
        }
        self.init(minorUnits: units, currency: currency)
    }

    public var description: String {
        let major = ExactDecimal(
            coefficient: minorUnits, scale: UInt8(currency.minorDigits))
        return "\(major ?? .zero) \(currency)"
    }
}

/// A currency, by its three letters.
///
/// Source: ISO 4217.
public struct Currency: Hashable, Sendable, CustomStringConvertible {
    public let code: String

    /// The currency with this code, or nil unless it is three letters `A` to `Z`.
    public init?(_ code: String) {
        let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
        guard code.utf8.count == 3, code.utf8.allSatisfy(letters.contains) else { return nil }
        self.code = code
    }

    /// How many digits the minor unit has; 2 for all but the few that ISO 4217 lists otherwise.
    public var minorDigits: Int {
        switch code {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND",
            "VUV", "XAF", "XOF", "XPF":
            0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
        default: 2
        }
    }

    public var description: String { code }
}
