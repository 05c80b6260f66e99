/// Many short lists in one array: each has a chunk of a size class, and moves when it outgrows it.
struct ChunkArena<Element: Sendable>: Sendable {
    private(set) var elements: [Element] = []
    /// Chunks that were left, by size class.
    private var free: [[Int32]] = Array(repeating: [], count: 32)
    private let filler: Element

    /// A list in the arena.
    struct Chunk: Sendable {
        fileprivate(set) var start: Int32 = 0
        fileprivate(set) var count: Int32 = 0
        /// The chunk holds 2 to this power; nothing where it is below 0.
        fileprivate var size: Int8 = -1

        var places: Range<Int> { Int(start)..<Int(start + count) }
    }

    /// `filler` stands where nothing is yet.
    init(filler: Element) {
        self.filler = filler
    }

    subscript(place: Int) -> Element { elements[place] }

    mutating func insert(_ element: Element, at offset: Int, into chunk: inout Chunk) {
        if chunk.size < 0 || Int(chunk.count) == 1 << Int(chunk.size) { grow(&chunk) }
        let place = Int(chunk.start) + offset
        var last = Int(chunk.start + chunk.count)
        while last > place {
            elements[last] = elements[last - 1]
            last -= 1
        }
        elements[place] = element
        chunk.count += 1
    }

    mutating func remove(at offset: Int, from chunk: inout Chunk) {
        let last = Int(chunk.start + chunk.count) - 1
        var place = Int(chunk.start) + offset
        while place < last {
            elements[place] = elements[place + 1]
            place += 1
        }
        chunk.count -= 1
    }

    /// Empties a list and gives its place to others.
    mutating func clear(_ chunk: inout Chunk) {
        if chunk.size >= 0 { free[Int(chunk.size)].append(chunk.start) }
        chunk = Chunk()
    }

    private mutating func grow(_ chunk: inout Chunk) {
        let size = chunk.size + 1
        let start: Int32
        if let left = free[Int(size)].popLast() {
            start = left
        } else {
            start = Int32(truncatingIfNeeded: elements.count)
            elements.makeRoom(for: 1 << Int(size))
            for _ in 0..<(1 << Int(size)) { elements.append(filler) }
        }
        for offset in 0..<Int(chunk.count) {
            elements[Int(start) + offset] = elements[Int(chunk.start) + offset]
        }
        if chunk.size >= 0 { free[Int(chunk.size)].append(chunk.start) }
        chunk.start = start
        chunk.size = size
    }
}
