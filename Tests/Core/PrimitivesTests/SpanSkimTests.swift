import Primitives
import Testing

@Suite("CBOR where it lies")
struct SpanSkimTests {
    private func head(_ major: UInt8, _ bytes: [UInt8], _ offset: inout Int) -> UInt64? {
        unsafe bytes.span.bytes.cborHead(major, at: &offset)
    }

    private func string(_ bytes: [UInt8], _ offset: inout Int) -> Range<Int>? {
        unsafe bytes.span.bytes.cborBytes(at: &offset)
    }

    @Test("heads and byte strings are found as they were written")
    func agrees() {
        for value in [0, 1, 23, 24, 255, 256, 65_535, 65_536, .max] as [UInt64] {
            var writer = CBORWriter()
            writer.unsigned(value)
            writer.bytes([UInt8](repeating: 7, count: Int(value % 300)))
            writer.array(3)
            let bytes = writer.bytes
            var offset = 0
            let first = head(0, bytes, &offset)
            #expect(first == value)
            let start = offset
            let other = head(4, bytes, &offset)
            #expect(other == nil && offset == start)
            let range = string(bytes, &offset)
            #expect(range?.count == Int(value % 300))
            let last = head(4, bytes, &offset)
            #expect(last == 3 && offset == bytes.count)
            let none = head(4, bytes, &offset)
            #expect(none == nil)
        }
    }

    @Test("bytes that are cut, or claim more than there is, hold nothing")
    func hostile() {
        var writer = CBORWriter()
        writer.bytes([UInt8](repeating: 7, count: 300))
        let whole = writer.bytes
        let cut = (0..<whole.count).map { Array(whole.prefix($0)) }
        let bent: [[UInt8]] = [
            [0x5b] + [UInt8](repeating: 0xff, count: 8), [0x5b, 0x80, 0, 0, 0, 0, 0, 0, 0],
            [0x5c], [0x5f], [0x7f], [0xff],
        ]
        for bytes in cut + bent {
            var offset = 0
            let range = string(bytes, &offset)
            #expect(range == nil, "\(bytes.count) bytes")
        }
        for start in [-1, whole.count, .max] {
            var offset = start
            let found = head(2, whole, &offset)
            #expect(found == nil && offset == start)
        }
    }
}
