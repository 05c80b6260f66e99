import Primitives
import Testing

@Suite("Day and Timestamp")
struct DayTests {
    @Test(
        "known days have known numbers",
        arguments: [
            (1970, 1, 1, 0), (1969, 12, 31, -1), (2000, 2, 29, 11_016), (2000, 3, 1, 11_017),
            (1900, 3, 1, -25_508), (2026, 11, 21, 20_778), (1, 1, 1, -719_162),
            (9999, 12, 31, 2_932_896),
        ] as [(Int, Int, Int, Int32)])
    func numbers(year: Int, month: Int, day: Int, number: Int32) throws {
        let found = try #require(Day(year: year, month: month, day: day))
        #expect(found.number == number)
        let civil = Day(number: number).civil
        #expect(civil.year == year)
        #expect(civil.month == month)
        #expect(civil.day == day)
    }

    @Test(
        "days that no calendar has are none",
        arguments: [
            (2023, 2, 29), (1900, 2, 29), (2024, 2, 30), (2024, 4, 31), (2024, 13, 1), (2024, 0, 1),
            (2024, 1, 0), (2024, 1, 32), (0, 1, 1), (10_000, 1, 1),
        ])
    func none(year: Int, month: Int, day: Int) {
        #expect(Day(year: year, month: month, day: day) == nil)
    }

    @Test("every day of four centuries follows the one before")
    func consecutive() throws {
        var previous = try #require(Day(year: 1799, month: 12, day: 31)).number
        for year in 1800..<2200 {
            for month in 1...12 {
                for day in 1...31 {
                    guard let found = Day(year: year, month: month, day: day) else { continue }
                    #expect(found.number == previous + 1)
                    previous = found.number
                }
            }
        }
        #expect(previous == Day(year: 2199, month: 12, day: 31)?.number)
    }

    @Test(
        "a moment lies in its UTC day, before 1970 too",
        arguments: [
            (0, 0), (86_399_999, 0), (86_400_000, 1), (-1, -1), (-86_400_000, -1),
            (-86_400_001, -2),
            (Int64.max, .max), (Int64.min, .min),
        ] as [(Int64, Int32)])
    func dayOf(milliseconds: Int64, day: Int32) {
        #expect(Timestamp(milliseconds: milliseconds).day.number == day)
    }

    @Test("days and moments are written as ISO 8601 has it")
    func descriptions() {
        #expect(Day(number: 11_016).description == "2000-02-29")
        #expect(Day(number: -719_162).description == "0001-01-01")
        #expect(Timestamp(milliseconds: 0).description == "1970-01-01T00:00:00.000Z")
        #expect(Timestamp(milliseconds: -1).description == "1969-12-31T23:59:59.999Z")
        #expect(
            Timestamp(milliseconds: 951_826_154_321).description == "2000-02-29T12:09:14.321Z")
    }

    @Test("the farthest moments can be printed", arguments: [Int64.min, .max])
    func farthest(milliseconds: Int64) {
        #expect(!Timestamp(milliseconds: milliseconds).description.isEmpty)
    }
}
