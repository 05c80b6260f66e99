import Primitives
import Testing

@Suite("Exact decimal and amount")
struct ExactDecimalTests {
    @Test(
        "texts are read without rounding",
        arguments: [
            ("0", 0, 0), ("-0", 0, 0), ("0.000", 0, 0), ("12.50", 125, 1), ("-12.50", -125, 1),
            ("1.5e3", 1_500, 0), ("1500e-3", 15, 1), ("1E2", 100, 0), (".5", 5, 1), ("5.", 5, 0),
            ("0.1", 1, 1), ("9223372036854775807", .max, 0), ("-9223372036854775808", .min, 0),
            ("0.000000000000000001", 1, 18), ("10", 10, 0), ("1.0e-17", 1, 17),
        ] as [(String, Int64, UInt8)])
    func texts(text: String, coefficient: Int64, scale: UInt8) throws {
        let decimal = try #require(ExactDecimal(text))
        #expect(decimal.coefficient == coefficient)
        #expect(decimal.scale == scale)
        #expect(ExactDecimal(decimal.description) == decimal)
    }

    @Test(
        "texts that are no number, or too long a one, are refused",
        arguments: [
            "", "-", ".", "e5", "1e", "1.2.3", "1,5", " 1", "1 ", "+1", "0x10", "1e99", "1e-99",
            "9223372036854775808", "-9223372036854775809", "0.0000000000000000001", "1e19", "NaN",
            "--1", "1-", "١",
        ])
    func refused(text: String) {
        #expect(ExactDecimal(text) == nil)
    }

    @Test("equal numbers are equal values")
    func reduced() {
        #expect(ExactDecimal("1.50") == ExactDecimal("1.5"))
        #expect(ExactDecimal(coefficient: 1_500, scale: 3) == ExactDecimal("1.5"))
        #expect(ExactDecimal(coefficient: 0, scale: 18) == .zero)
        #expect(ExactDecimal(coefficient: 1, scale: 19) == nil)
        #expect(ExactDecimal(coefficient: .min, scale: 18)?.description == "-9.223372036854775808")
    }

    @Test("an amount holds whole minor units of its currency")
    func amounts() throws {
        let dollar = try #require(Currency("USD"))
        let yen = try #require(Currency("JPY"))
        let dinar = try #require(Currency("KWD"))
        let half = try #require(ExactDecimal("12.50"))
        #expect(Amount(major: half, currency: dollar)?.minorUnits == 1_250)
        #expect(Amount(major: half, currency: dinar)?.minorUnits == 12_500)
        #expect(Amount(major: half, currency: yen) == nil)
        #expect(Amount(major: try #require(ExactDecimal("0.001")), currency: dollar) == nil)
        let most = try #require(ExactDecimal("9223372036854775807"))
        #expect(Amount(major: most, currency: dollar) == nil)
        #expect(Amount(minorUnits: -1_250, currency: dollar).description == "-12.5 USD")
        #expect(Currency("usd") == nil)
        #expect(Currency("US") == nil)
        #expect(Currency("EURO") == nil)
    }
}
