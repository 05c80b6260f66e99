internal import Primitives

/// Puts the cells of a row of comma-separated values together, without a string for each.
///
/// No cell of a region holds a comma, a quote or a line break, so that none needs quoting.
struct RowText {
    private(set) var bytes: [UInt8] = []

    mutating func begin() { bytes.removeAll(keepingCapacity: true) }

    mutating func text(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    mutating func id(_ letter: String, _ number: Int?) {
        separate()
        guard let number else { return }
        bytes.append(contentsOf: letter.utf8)
        digits(number)
    }

    /// An identifier of fixed width, as ``Name`` spells it.
    mutating func padded(_ letter: String, _ number: Int, _ width: Int) {
        separate()
        bytes.append(contentsOf: letter.utf8)
        digits(number, width)
    }

    mutating func number(_ number: Int?) {
        separate()
        if let number { digits(number) }
    }

    /// An amount of minor units, in major ones.
    mutating func money(_ minor: Int?) {
        separate()
        guard let minor else { return }
        digits(minor / 100)
        bytes.append(UInt8(ascii: "."))
        digits(minor % 100, 2)
    }

    mutating func day(_ day: Int?) {
        separate()
        if let day { date(day) }
    }

    /// A moment as `YYYY-MM-DD hh:mm:ss`.
    mutating func moment(_ seconds: Int?) {
        separate()
        guard let seconds else { return }
        date(seconds / 86_400)
        bytes.append(UInt8(ascii: " "))
        let rest = seconds % 86_400
        digits(rest / 3_600, 2)
        bytes.append(UInt8(ascii: ":"))
        digits(rest / 60 % 60, 2)
        bytes.append(UInt8(ascii: ":"))
        digits(rest % 60, 2)
    }

    mutating func end() { bytes.append(UInt8(ascii: "\n")) }

    private mutating func separate() {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func date(_ day: Int) {
        let civil = Day(number: Int32(clamping: day)).civil
        digits(civil.year, 4)
        bytes.append(UInt8(ascii: "-"))
        digits(civil.month, 2)
        bytes.append(UInt8(ascii: "-"))
        digits(civil.day, 2)
    }

    private mutating func digits(_ number: Int, _ width: Int = 1) {
        var divisor = 1
        var places = 1
        while places < width || number / divisor >= 10 {
            divisor *= 10
            places += 1
        }
        var rest = number
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }
}
