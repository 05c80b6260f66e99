import Ledger
import Primitives
import Testing

@Suite("Epochs")
struct EpochsTests {
    @Test("the epoch of an event follows from its day and the length alone")
    func epochs() {
        let rows: [(days: UInt64, day: Int32, epoch: UInt32)] = [
            (0, 20_000, 0), (1, 0, 0), (1, 7, 7), (100, 99, 0), (100, 100, 1), (100, -5, 0),
            (365, 20_000, 54), (Epochs.daysMax, .max, 0), (.max, .max, 0), (1, .max, 2_147_483_647),
        ]
        for row in rows {
            let epochs = Epochs(days: row.days)
            let start = Day(number: row.day).start
            let end = Timestamp(milliseconds: start.milliseconds + 86_399_999)
            #expect(epochs.epoch(of: start) == row.epoch, "\(row)")
            #expect(epochs.epoch(of: end) == row.epoch, "\(row)")
        }
        for time in [Int64.min, .max] {
            _ = Epochs(days: 1).epoch(of: Timestamp(milliseconds: time))
        }
    }

    @Test("a span of days names every epoch that it touches, its end not included")
    func spans() {
        let epochs = Epochs(days: 10)
        func span(_ first: Int32, _ end: Int32) -> ClosedRange<UInt32> {
            epochs.epochs(from: Day(number: first).start, before: Day(number: end).start)
        }
        #expect(span(0, 10) == 0...0)
        #expect(span(9, 11) == 0...1)
        #expect(span(5, 31) == 0...3)
        #expect(span(30, 30) == 3...3)
        #expect(epochs.firstDay(of: 3) == Day(number: 30))
    }

    @Test("an epoch's length is written only where there are epochs, and reads back")
    func codec() throws {
        for days in [0, 1, 365, Epochs.daysMax] {
            var parameters = Parameters.standard
            parameters.epochDays = days
            let bytes = parameters.encode()
            #expect(bytes.first == (days == 0 ? 0xab : 0xac))
            var reader = CBORReader(bytes)
            #expect(try Parameters(from: &reader) == parameters)
        }
        var writer = CBORWriter()
        var parameters = Parameters.standard
        parameters.epochDays = 1
        parameters.encode(into: &writer)
        var zero = writer.bytes
        zero[zero.count - 1] = 0
        #expect(throws: CBORError.self) {
            var reader = CBORReader(zero)
            _ = try Parameters(from: &reader)
        }
    }

    @Test("a genesis with an epoch longer than days can count is refused")
    func tooLong() {
        #expect(throws: LedgerError.self) {
            _ = try TestNetwork { $0.epochDays = Epochs.daysMax + 1 }
        }
    }
}
