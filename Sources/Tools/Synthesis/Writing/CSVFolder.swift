/// Writes a region as tables of comma-separated values, one file a table.
///
/// `mappings/region` says how an import reads them.
final class CSVFolder: RowSink {
    /// One a table, in the order of ``RegionTable/allCases``.
    private var files: [SharedFile] = []
    let world: World
    var cells = RowText()

    init(_ folder: String, world: World) throws(SynthesisError) {
        self.world = world
        for table in RegionTable.allCases {
            let file = try SharedFile("\(folder)/\(table.rawValue).csv")
            try file.append(Array((table.columns.joined(separator: ",") + "\n").utf8))
            files.append(file)
        }
    }

    func write(_ row: Row) throws(SynthesisError) {
        cells.begin()
        let table: RegionTable
        switch row {
        case .staff(let row):
            put(row)
            table = .staff
        case .patient(let row):
            put(row)
            table = .patients
        case .coverage(let row):
            put(row)
            table = .coverages
        case .visit(let row):
            put(row)
            table = .visits
        case .tie(let row):
            put(row)
            table = .ties
        case .condition(let row):
            put(row)
            table = .conditions
        case .order(let row):
            put(row)
            table = .orders
        case .dispense(let row):
            put(row)
            table = .dispenses
        case .result(let row):
            put(row)
            table = .results
        case .administration(let row):
            put(row)
            table = .administrations
        case .identity(let row):
            put(row)
            table = .identities
        case .claim(let row):
            put(row)
            table = .claims
        case .response(let row):
            put(row)
            table = .responses
        case .access(let row):
            put(row)
            table = .accesses
        case .consent(let row):
            put(row)
            table = .consents
        case .roster(let row):
            put(row)
            table = .rosters
        case .delivery(let row):
            put(row)
            table = .deliveries
        }
        cells.end()
        try files[table.place].append(cells.bytes)
    }

    func finish() throws(SynthesisError) {
        for file in files { try file.flush() }
    }

    /// The cells that each row begins with: its id, who issues it, and whom it is about.
    func head(_ letter: String, _ id: Int, _ facility: Int, _ person: Int) {
        cells.id(letter, id)
        cells.text(world.facilities[facility].institution)
        cells.padded("P", person, 7)
    }

    /// The cells that a row of a house begins with.
    func house(_ letter: String, _ id: Int, _ facility: Int) {
        cells.id(letter, id)
        cells.text(world.facilities[facility].institution)
    }

    /// Nothing where it is not known who it was, which a negative number says.
    func practitioner(_ number: Int) {
        if number < 0 { cells.text("") } else { cells.padded("D", number, 6) }
    }

    func facility(_ number: Int) { cells.padded("F", number, 4) }
}

/// An ``OutputFile`` that an array can hold.
final class SharedFile {
    private var file: OutputFile

    init(_ path: String) throws(SynthesisError) { file = try OutputFile(path: path) }

    func append(_ bytes: [UInt8]) throws(SynthesisError) {
        try file.row { $0.append(contentsOf: bytes) }
    }

    func flush() throws(SynthesisError) { try file.flush() }
}
