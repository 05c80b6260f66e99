internal import Primitives

/// A number for each of many people, found with one look at memory.
///
/// An open table: somebody stands at the place that the words of the id give, or behind it. The
/// words are mixed with two that every process draws for itself, as dictionaries do, so that
/// nobody who chooses ids can choose what collides. No order of the table ever shows.
struct PersonTable: Sendable {
    private var cells: [Cell]
    private var count = 0
    private let seeds: (UInt64, UInt64)

    private struct Cell: Sendable {
        var words: (UInt64, UInt64) = (0, 0)
        var number: UInt32 = 0
        var type = CellType.free
    }

    private enum CellType {
        case free, patient, practitioner
    }

    init() {
        self.init(cellCount: 16, seeds: (PersonTable.seed(1), PersonTable.seed(2)))
    }

    private init(cellCount: Int, seeds: (UInt64, UInt64)) {
        cells = [Cell](repeating: Cell(), count: cellCount)
        self.seeds = seeds
    }

    /// The number of somebody; nil where there is none.
    @inline(__always)
    subscript(person: Person) -> UInt32? {
        let cell = cells[place(person.id.words, PersonTable.type(of: person))]
        return cell.type == .free ? nil : cell.number
    }

    /// The number of somebody; where there is none, `number` from now on.
    mutating func number(of person: Person, orPut number: UInt32) -> UInt32 {
        let (words, type) = (person.id.words, PersonTable.type(of: person))
        let found = place(words, type)
        guard cells[found].type == .free else { return cells[found].number }
        cells[found] = Cell(words: words, number: number, type: type)
        count += 1
        if 4 * count > 3 * cells.count { grow() }
        return number
    }

    /// Where somebody stands, or would.
    @inline(__always)
    private func place(_ words: (UInt64, UInt64), _ type: CellType) -> Int {
        let mask = cells.count - 1
        let product = (words.0 ^ seeds.0).multipliedFullWidth(by: words.1 ^ seeds.1)
        var place = Int(truncatingIfNeeded: product.high ^ product.low) & mask
        while cells[place].type != .free,
            cells[place].words != words || cells[place].type != type
        {
            place = (place + 1) & mask
        }
        return place
    }

    private mutating func grow() {
        var larger = PersonTable(cellCount: 2 * cells.count, seeds: seeds)
        for cell in cells where cell.type != .free {
            larger.cells[larger.place(cell.words, cell.type)] = cell
        }
        cells = larger.cells
    }

    private static func type(of person: Person) -> CellType {
        person.isPatient ? .patient : .practitioner
    }

    private static func seed(_ number: Int) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(number)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
