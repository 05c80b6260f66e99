internal import NIOCore
internal import Testing

@testable import Transport

@Suite("Frames")
struct FrameTests {
    private func frames(
        _ bytes: [UInt8], pieces: Int, limit: Int = 1 << 20
    ) throws -> [Frame] {
        var assembler = FrameAssembler(frameBytesMax: limit)
        var frames: [Frame] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            var buffer = ByteBuffer(bytes: rest.prefix(pieces))
            rest = rest.dropFirst(pieces)
            try assembler.feed(&buffer) { (frame) throws(TransportError) in
                frames.append(try Frame(frame))
            }
        }
        return frames
    }

    private func bytes(_ buffer: ByteBuffer) -> [UInt8] { Array(buffer.readableBytesView) }

    /// However the network cuts the stream, the frames are the same.
    @Test(arguments: [1, 2, 3, 4, 5, 7, 16, 1000])
    func areCutOutOfAnyPieces(_ pieces: Int) throws {
        let stream =
            bytes(Frame.encode(.hello, [1]))
            + bytes(Frame.encode(.message, [UInt8](repeating: 7, count: 300)))
            + bytes(Frame.encode(.request, id: .max, []))
            + bytes(Frame.encode(.event, id: 2, [9, 9]))
        let found = try frames(stream, pieces: pieces)
        #expect(found.map(\.kind) == [.hello, .message, .request, .event])
        #expect(found.map(\.id) == [0, 0, .max, 2])
        #expect(
            found.map { Array($0.body) } == [[1], .init(repeating: 7, count: 300), [], [9, 9]])
    }

    @Test(
        arguments: [
            ([0, 0, 0, 0], TransportError.malformed("an empty frame")),
            ([0, 0, 0, 1, 9], .malformed("frame of kind 9")),
            ([0, 0, 0, 2, 2, 1], .malformed("a request without its number")),
            ([0, 0, 1, 1], .frameTooLong(byteCount: 257, limit: 256)),
            ([0xff, 0xff, 0xff, 0xff], .frameTooLong(byteCount: 0xffff_ffff, limit: 256)),
        ] as [([UInt8], TransportError)])
    func refuseWhatIsNone(_ bytes: [UInt8], _ expected: TransportError) {
        #expect(throws: expected) { try frames(bytes, pieces: 3, limit: 256) }
    }

    @Test func reserveNoMemoryForAnAnnouncedLength() throws {
        var assembler = FrameAssembler(frameBytesMax: 1 << 30)
        var buffer = ByteBuffer(bytes: [0x3f, 0xff, 0xff, 0xff, 1])
        try assembler.feed(&buffer) { _ in Issue.record("a frame from five bytes") }
        #expect(buffer.readableBytes == 0)
    }

    @Test func surviveEveryTwoByteHead() {
        for first in UInt8.min...UInt8.max {
            for second in stride(from: UInt8(0), through: 250, by: 10) {
                _ = try? Frame([first, second])
            }
        }
    }
}

@Suite("OutboundQueue")
struct OutboundQueueTests {
    private func frame(_ byte: UInt8, count: Int = 10) -> ByteBuffer {
        ByteBuffer(repeating: byte, count: count)
    }

    private func first(_ buffer: ByteBuffer?) -> UInt8? { buffer?.readableBytesView.first }

    @Test func letsUrgentFramesOvertakeAndKeepsOrderWithin() {
        var queue = OutboundQueue()
        let plan: [(UInt8, Urgency)] = [(1, .bulk), (2, .urgent), (3, .bulk), (4, .urgent)]
        for (byte, urgency) in plan {
            let isTaken = queue.enqueue(frame(byte), urgency)
            #expect(isTaken)
        }
        var order: [UInt8] = []
        while let byte = first(queue.next()) { order.append(byte) }
        #expect(order == [2, 4, 1, 3])
        #expect(queue.byteCount == 0)
        #expect(queue.isEmpty)
    }

    @Test func refusesBulkBeforeUrgentAndNeverDropsWhatItTook() {
        var queue = OutboundQueue(
            limits: OutboundQueue.Limits(bulkBytes: 25, urgentBytes: 45))
        let outcomes = [
            queue.enqueue(frame(1), .bulk), queue.enqueue(frame(2), .bulk),
            queue.enqueue(frame(3), .bulk), queue.enqueue(frame(4), .urgent),
            queue.enqueue(frame(5), .urgent), queue.enqueue(frame(6), .urgent),
        ]
        #expect(outcomes == [true, true, false, true, true, false])
        var order: [UInt8] = []
        while let byte = first(queue.next()) { order.append(byte) }
        #expect(order == [4, 5, 1, 2])
    }

    @Test func keepsOrderOverManyFrames() {
        var queue = OutboundQueue()
        var expected: UInt8 = 0
        for number in 0..<5000 {
            let isTaken = queue.enqueue(frame(UInt8(number & 0xff), count: 1), .bulk)
            #expect(isTaken)
            guard number % 3 == 2 else { continue }
            #expect(first(queue.next()) == expected)
            expected &+= 1
        }
        while let byte = first(queue.next()) {
            #expect(byte == expected)
            expected &+= 1
        }
    }
}

@Suite("Backoff")
struct BackoffTests {
    @Test func doublesToItsCapAndBeginsAnew() {
        var backoff = Backoff(capMilliseconds: 1_000)
        #expect((0..<6).map { _ in backoff.next() } == [100, 200, 400, 800, 1_000, 1_000])
        backoff.reset()
        #expect(backoff.next() == 100)
    }
}
