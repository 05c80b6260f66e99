import Hosting
import Primitives
import Testing
import Transport

@testable import Node

@Suite("Peers take turns")
struct PeerTurnsTests {
    private static let a = id("a")
    private static let b = id("b")

    private static func id(_ name: String) -> InstitutionID {
        guard let id = InstitutionID(name) else { preconditionFailure("\(name) is no id") }
        return id
    }

    private static func message(_ peer: InstitutionID, _ kind: UInt64, bytes: Int) -> LoopInput {
        .unknown(
            kind: kind, from: peer, InboundMessage([UInt8](repeating: 0, count: bytes)[...]))
    }

    private static func kinds(_ inputs: [LoopInput], of peer: InstitutionID) -> [UInt64] {
        inputs.compactMap { input in
            if case .unknown(let kind, peer, _) = input { kind } else { nil }
        }
    }

    @Test("what an honest network sends keeps its order, whoever sent it")
    func keepsTheOrder() {
        var turns = PeerTurns()
        let inputs = (0..<100 as Range<UInt64>).map { number in
            Self.message(number.isMultiple(of: 3) ? Self.a : Self.b, number, bytes: 30_000)
        }
        let taken = turns.turn(inputs)
        let order = taken.compactMap { input -> UInt64? in
            if case .unknown(let kind, _, _) = input { kind } else { nil }
        }
        #expect(order == Array(0..<100) && turns.isEmpty)
    }

    @Test("a peer that floods has a share looked at, and what others send meanwhile comes between")
    func boundsAFlood() {
        var turns = PeerTurns()
        let flood = (0..<64 as Range<UInt64>).map { Self.message(Self.a, $0, bytes: 1 << 20) }
        let inputs = flood + [Self.message(Self.b, 900, bytes: 200), .blockWritten]
        let first = turns.turn(inputs)
        #expect(Self.kinds(first, of: Self.a) == [0])
        #expect(Self.kinds(first, of: Self.b) == [900])
        #expect(first.contains { if case .blockWritten = $0 { true } else { false } })
        #expect(!turns.isEmpty)
        let second = turns.turn([Self.message(Self.b, 901, bytes: 200)])
        #expect(Self.kinds(second, of: Self.b) == [901])
        var rest = Self.kinds(second, of: Self.a)
        while !turns.isEmpty { rest += Self.kinds(turns.turn([]), of: Self.a) }
        #expect(rest == Array(1..<64), "nothing is lost, and all in its order")
    }

    @Test("many small messages are a flood, too")
    func countsMessages() {
        var turns = PeerTurns()
        let flood = (0..<20_000 as Range<UInt64>).map { Self.message(Self.a, $0, bytes: 0) }
        let taken = Self.kinds(turns.turn(flood), of: Self.a)
        #expect(taken.count < 2_000 && !taken.isEmpty)
    }

    @Test("questions of peers are answered by turns, and each has so many places")
    func questionsTakeTurns() {
        let queue = TurnQueue<Int>(places: 3)
        #expect((0..<5).map { queue.put($0, of: Self.a) } == [true, true, true, false, false])
        #expect(queue.put(9, of: Self.b))
        let taken = (0..<4).compactMap { _ in queue.take()?.item }
        #expect(taken == [0, 9, 1, 2])
        #expect(queue.put(5, of: Self.a), "who was answered has places again")
        queue.close()
        #expect(queue.take() == nil)
        #expect(!queue.put(6, of: Self.a))
    }
}
