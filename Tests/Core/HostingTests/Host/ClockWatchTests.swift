import Primitives
import Testing

@testable import Hosting

@Suite("The clock watch")
struct ClockWatchTests {
    private static let peers = ["city", "insurer", "regulator"].map(Region.id)

    @Test("takes the middle of what the others show, so that one wrong clock moves only its own")
    func oneWrongClock() {
        var watch = ClockWatch()
        for _ in 0..<5 {
            #expect(watch.note(Self.peers[0], ahead: 3, limit: 500) == nil)
            #expect(watch.note(Self.peers[1], ahead: -90_000, limit: 500) == nil)
            #expect(watch.note(Self.peers[2], ahead: 5, limit: 500) == nil)
        }
        #expect(watch.own == 3)
        #expect(watch.offsets.map(\.milliseconds) == [3, -90_000, 5])
    }

    @Test("alarms once where the own clock is off, and says when it is right again")
    func alarm() {
        var watch = ClockWatch()
        var alarms: [String] = []
        for _ in 0..<ClockWatch.alarmCount {
            for peer in Self.peers {
                if let text = watch.note(peer, ahead: 2_000, limit: 500) { alarms.append(text) }
            }
        }
        #expect(alarms.count == 1 && alarms.first?.contains("ahead of") == true)
        var said: [String] = []
        for _ in 0..<ClockWatch.sampleCount {
            for peer in Self.peers {
                if let text = watch.note(peer, ahead: 4, limit: 500) { said.append(text) }
            }
        }
        #expect(said.count == 1 && said.first?.contains("right again") == true)
        #expect(watch.own == 4)
    }

    @Test("a proposal delayed now and then does not show as a wrong clock")
    func delays() {
        var watch = ClockWatch()
        for round in 0..<30 {
            for peer in Self.peers {
                let ahead: Int64 = round.isMultiple(of: 3) ? 900 : 6
                #expect(watch.note(peer, ahead: ahead, limit: 500) == nil)
            }
        }
        #expect(watch.own == 6)
    }
}
