internal import Glibc
internal import Primitives
internal import Storage

/// One generation's secrets file, open for reading and appending.
struct SecretFile: ~Copyable {
    let format: SecretFormat
    private let file: File
    private var index: SecretIndex
    private(set) var count: Int
    private var hasFailed = false

    var path: String { file.path }

    /// How many records are read at a time when all are.
    private static let chunkRecordCount = 4096

    /// Opens the file of a generation, checks every record, and cuts off a torn tail.
    ///
    /// - Throws: ``SealingError/damaged(path:detail:)`` where what had been on the disk is no
    ///   longer what was written.
    init(_ path: String, format: SecretFormat) throws(SealingError) {
        let file = try onDisk { () throws(StorageError) in try File(path, flags: O_RDWR) }
        let size = try onDisk { () throws(StorageError) in try file.byteCount() }
        let header = try onDisk { () throws(StorageError) in
            try file.read(at: 0, count: SecretFormat.headerByteCount)
        }
        let firm: Int
        do throws(SecretFormat.HeaderProblem) {
            firm = try format.recordCount(inHeader: header)
        } catch {
            throw .damaged(path: path, detail: error.detail)
        }
        let whole = max(0, size - SecretFormat.headerByteCount) / format.recordByteCount
        let survey = try SecretFile.survey(file, format: format, recordCount: whole)
        // Every record before this number was on the disk once, so that a bad one is damage.
        let durable = max(firm, survey.durable)
        guard survey.valid >= durable else {
            throw .damaged(path: path, detail: "record \(survey.valid) is not what was written")
        }
        let end = format.offset(of: survey.valid)
        try onDisk { () throws(StorageError) in
            if size > end { try file.truncate(to: end) }
            // What was read may still be in memory only; it is built upon from here.
            try file.sync()
        }
        self.format = format
        self.file = file
        self.index = survey.index
        self.count = survey.valid
    }

    /// The secret of `name`, or nil where there is none.
    func secret(of name: Digest) throws(SealingError) -> [UInt8]? {
        for number in index.candidates(for: name) {
            let bytes = try read(number, count: 1)
            guard format.name(of: bytes[...]) == name else { continue }
            guard let record = format.record(bytes[...]) else {
                throw .damaged(path: path, detail: "record \(number) is not what was written")
            }
            return record.secret
        }
        return nil
    }

    /// Appends secrets whose names are not there yet, and returns when they are on the disk.
    mutating func append(
        _ secrets: [(name: Digest, secret: [UInt8])], random: RandomBytes
    ) throws(SealingError) {
        guard !hasFailed else { throw .storage(.stopped(path: path)) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(secrets.count * format.recordByteCount)
        let nonces = random.bytes(secrets.count * 12)
        for (position, item) in secrets.enumerated() {
            let nonce = Array(nonces[(position * 12)..<(position * 12 + 12)])
            try format.append(
                name: item.name, secret: item.secret, durable: count, nonce: nonce, to: &bytes)
        }
        hasFailed = true
        let end = format.offset(of: count)
        try onDisk { () throws(StorageError) in
            try file.write(bytes, at: end)
            try file.sync()
        }
        hasFailed = false
        for item in secrets {
            try remember(item.name, at: count)
            count += 1
        }
    }

    /// Calls `body` with each record, in the order in which they were written.
    func forEach(
        _ body: (SecretFormat.Record) throws(SealingError) -> Void
    ) throws(SealingError) {
        var number = 0
        while number < count {
            let step = min(SecretFile.chunkRecordCount, count - number)
            let bytes = try read(number, count: step)
            for position in 0..<step {
                let start = position * format.recordByteCount
                let slice = bytes[start..<(start + format.recordByteCount)]
                guard let record = format.record(slice) else {
                    throw .damaged(
                        path: path, detail: "record \(number + position) is not what was written")
                }
                try body(record)
            }
            number += step
        }
    }

    private mutating func remember(_ name: Digest, at number: Int) throws(SealingError) {
        // Growing reads names back, rarely.
        try index.insert(name, at: number) { (record) throws(SealingError) in
            try SecretFile.name(of: record, in: file, format)
        }
    }

    private func read(_ number: Int, count: Int) throws(SealingError) -> [UInt8] {
        try SecretFile.read(file, format: format, from: number, count: count)
    }

    private static func read(
        _ file: borrowing File, format: SecretFormat, from number: Int, count: Int
    ) throws(SealingError) -> [UInt8] {
        let byteCount = count * format.recordByteCount
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try file.read(at: format.offset(of: number), count: byteCount)
        } catch {
            throw .storage(error)
        }
        guard bytes.count == byteCount else {
            throw .damaged(path: file.path, detail: "it ends before record \(number + count)")
        }
        return bytes
    }

    /// How many records are valid from the start, and how many had been on the disk.
    private static func survey(
        _ file: borrowing File, format: SecretFormat, recordCount: Int
    ) throws(SealingError) -> (valid: Int, durable: Int, index: SecretIndex) {
        var index = SecretIndex(capacity: recordCount)
        var valid = 0
        var isBroken = false
        var durable = 0
        var number = 0
        while number < recordCount {
            let step = min(chunkRecordCount, recordCount - number)
            let bytes = try read(file, format: format, from: number, count: step)
            for position in 0..<step {
                let start = position * format.recordByteCount
                let slice = bytes[start..<(start + format.recordByteCount)]
                guard let record = format.record(slice) else {
                    isBroken = true
                    continue
                }
                durable = max(durable, record.durable)
                guard !isBroken else { continue }
                try index.insert(record.name, at: valid) { (other) throws(SealingError) in
                    try name(of: other, in: file, format)
                }
                valid += 1
            }
            number += step
        }
        return (valid, durable, index)
    }

    private static func name(
        of record: Int, in file: borrowing File, _ format: SecretFormat
    ) throws(SealingError) -> Digest {
        let bytes = try read(file, format: format, from: record, count: 1)
        guard let name = format.name(of: bytes[...]) else {
            throw .damaged(path: file.path, detail: "record \(record) has no name")
        }
        return name
    }
}
