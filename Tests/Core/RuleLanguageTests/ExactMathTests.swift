import Primitives
import Testing

@testable import RuleLanguage

@Suite("Exact arithmetic")
struct ExactMathTests {
    private func decimal(_ text: String) throws -> ExactDecimal {
        try #require(ExactDecimal(text))
    }

    @Test(
        "quotients are rounded half to even at the scale that is asked for",
        arguments: [
            ("1", "3", 2, "0.33"), ("2", "3", 2, "0.67"), ("1", "8", 2, "0.12"),
            ("3", "8", 2, "0.38"), ("-1", "8", 2, "-0.12"), ("-3", "8", 2, "-0.38"),
            ("5", "10", 0, "0"), ("15", "10", 0, "2"), ("25", "10", 0, "2"), ("7", "1", 3, "7"),
            ("0.1", "0.3", 4, "0.3333"), ("1", "-4", 1, "-0.2"),
        ])
    func division(left: String, right: String, scale: Int, quotient: String) throws {
        let found = ExactMath.divide(
            try decimal(left), by: try decimal(right), scale: UInt8(scale))
        #expect(found?.description == quotient)
    }

    @Test("what does not fit, or is divided by zero, has no result")
    func limits() throws {
        let most = ExactDecimal(Int64.max)
        #expect(ExactMath.add(most, ExactDecimal(1)) == nil)
        #expect(ExactMath.multiply(most, ExactDecimal(2)) == nil)
        #expect(ExactMath.negate(ExactDecimal(Int64.min)) == nil)
        #expect(ExactMath.divide(ExactDecimal(1), by: ExactDecimal(0), scale: 2) == nil)
        #expect(ExactMath.subtract(most, most)?.description == "0")
    }

    @Test("sums and products keep every digit, and lose trailing zeros")
    func arithmetic() throws {
        let tenth = try decimal("0.1")
        #expect(ExactMath.add(tenth, try decimal("0.2"))?.description == "0.3")
        #expect(ExactMath.multiply(try decimal("1.50"), try decimal("2"))?.description == "3")
        #expect(ExactMath.subtract(try decimal("1"), try decimal("0.999"))?.description == "0.001")
    }

    @Test("comparing agrees with subtracting, over seeded numbers of all scales")
    func comparing() throws {
        var state: UInt64 = 2_026
        func next() -> Int64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64(truncatingIfNeeded: state >> 40)
        }
        for _ in 0..<2_000 {
            let a = try #require(
                ExactDecimal(coefficient: next() - 8_000_000, scale: UInt8(next() % 7)))
            let b = try #require(
                ExactDecimal(coefficient: next() - 8_000_000, scale: UInt8(next() % 7)))
            let difference = try #require(ExactMath.subtract(a, b))
            #expect(ExactMath.compare(a, b) == Int(difference.coefficient.signum()))
            #expect(ExactMath.compare(b, a) == -ExactMath.compare(a, b))
        }
    }

    @Test("ratios compare without being rounded")
    func ratios() throws {
        let third = try #require(Ratio(ExactDecimal(1), over: ExactDecimal(3)))
        let nearly = try #require(
            Ratio(ExactDecimal(333_333_333), over: ExactDecimal(1_000_000_000)))
        #expect(ExactMath.compare(third, nearly) == 1)
        #expect(ExactMath.compare(nearly, third) == -1)
        let same = try #require(Ratio(try decimal("0.2"), over: try decimal("0.6")))
        #expect(ExactMath.compare(third, same) == 0)
        #expect(Ratio(ExactDecimal(1), over: ExactDecimal(0)) == nil)
        #expect(Ratio(ExactDecimal(1), over: ExactDecimal(-2)) == nil)
    }
}
