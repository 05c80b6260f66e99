/// One line of a file, or a whole file of the format ``InputFile/Format/json``.
struct Line {
    /// From 1.
    let number: Int
    /// Without its line end; nil where it was longer than is read.
    let bytes: [UInt8]?
}

/// The lines of a file, one after another, in bounded memory.
struct LineReader {
    let file: InputFile
    private let source: ByteSource
    private let byteCountMax: Int
    private var buffer: [UInt8] = []
    /// First byte of the buffer that no line has taken.
    private var start = 0
    private var isAtEnd = false
    private(set) var lineCount = 0

    init(_ file: InputFile, byteCountMax: Int) throws(InteropError) {
        self.file = file
        self.byteCountMax = byteCountMax
        source = try ByteSource(file)
    }

    /// The next line that is not blank, or nil at the end of the file.
    mutating func next() throws(InteropError) -> Line? {
        if file.format == .json { return try whole() }
        while let line = try nextLine() {
            guard let bytes = line.bytes else { return line }
            if bytes.contains(where: { $0 != 0x20 && $0 != 0x09 }) { return line }
        }
        return nil
    }

    private mutating func nextLine() throws(InteropError) -> Line? {
        var searched = start
        var isTooLong = false
        while true {
            if let end = newline(from: searched) {
                let bytes = isTooLong ? nil : content(until: end)
                start = end + 1
                lineCount += 1
                return Line(number: lineCount, bytes: bytes)
            }
            if buffer.count - start > byteCountMax {
                // The rest of the line is read over, not kept.
                isTooLong = true
                start = buffer.count
            }
            searched = buffer.count - start
            guard try fill() else {
                guard isTooLong || start < buffer.count else { return nil }
                let bytes = isTooLong ? nil : content(until: buffer.count)
                start = buffer.count
                lineCount += 1
                return Line(number: lineCount, bytes: bytes)
            }
        }
    }

    /// Moves what no line has taken to the front and reads more; false at the end of the file.
    private mutating func fill() throws(InteropError) -> Bool {
        if start > 0 {
            buffer.removeSubrange(..<start)
            start = 0
        }
        guard !isAtEnd, let chunk = try source.next() else {
            isAtEnd = true
            return false
        }
        buffer.append(contentsOf: chunk)
        return true
    }

    private func newline(from index: Int) -> Int? {
        var index = index
        let count = buffer.count
        while index < count {
            if buffer[index] == UInt8(ascii: "\n") { return index }
            index += 1
        }
        return nil
    }

    private func content(until end: Int) -> [UInt8]? {
        var end = end
        if end > start, buffer[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return end - start > byteCountMax ? nil : Array(buffer[start..<end])
    }

    private mutating func whole() throws(InteropError) -> Line? {
        guard lineCount == 0 else { return nil }
        lineCount = 1
        while buffer.count <= byteCountMax, try fill() {}
        return Line(number: 1, bytes: buffer.count > byteCountMax ? nil : buffer)
    }
}
