/// Where random bytes come from: the operating system, or a seed in tests.
public struct RandomBytes: Sendable {
    private let draw: @Sendable (Int) -> [UInt8]

    /// A source that calls `draw` with how many bytes are wanted.
    public init(_ draw: @escaping @Sendable (Int) -> [UInt8]) {
        self.draw = draw
    }

    /// The operating system's generator, fit for keys.
    public static let system = RandomBytes { count in
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 7)
        while bytes.count < count {
            let word = generator.next()
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// So many fresh bytes.
    public func bytes(_ count: Int) -> [UInt8] {
        let bytes = draw(count)
        precondition(bytes.count == count, "the random source gave another number of bytes")
        return bytes
    }
}
