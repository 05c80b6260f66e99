internal import Primitives

/// A 256-bit number, held as four words with the highest first.
struct Scalar: Hashable, Sendable {
    private let words: Words

    typealias Words = InlineArray<4, UInt64>

    static let zero = Scalar(words: [0, 0, 0, 0])

    /// Half the order of secp256k1, rounded down (SEC 2, section 2.4.1).
    static let halfOrder = Scalar(words: [
        0x7fff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff, 0x5d57_6e73_57a4_501d, 0xdfe9_2f46_681b_20a0,
    ])

    private init(words: Words) {
        self.words = words
    }

    /// The number with these big-endian bytes, or nil unless there are exactly 32.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard let digest = Digest(bytes) else { return nil }
        let words = digest.words
        self.words = [words.0, words.1, words.2, words.3]
    }

    /// The number whose bytes lie so in memory.
    init(inMemory: Words) {
        self.words = [
            inMemory[0].bigEndian, inMemory[1].bigEndian,
            inMemory[2].bigEndian, inMemory[3].bigEndian,
        ]
    }

    /// Words that lie in memory as the 32 bytes, most significant first.
    var inMemory: Words {
        [words[0].bigEndian, words[1].bigEndian, words[2].bigEndian, words[3].bigEndian]
    }

    var bytes: [UInt8] {
        Digest(words: (words[0], words[1], words[2], words[3])).bytes
    }

    static func == (left: Scalar, right: Scalar) -> Bool {
        left.words[0] == right.words[0] && left.words[1] == right.words[1]
            && left.words[2] == right.words[2] && left.words[3] == right.words[3]
    }

    static func <= (left: Scalar, right: Scalar) -> Bool {
        for index in left.words.indices where left.words[index] != right.words[index] {
            return left.words[index] < right.words[index]
        }
        return true
    }

    func hash(into hasher: inout Hasher) {
        for index in words.indices { hasher.combine(words[index]) }
    }
}
