internal import Testing

@testable import Transport

@Suite("The door for strangers")
struct DoorkeeperTests {
    @Test func letsInNoMoreThanThereMayBe() throws {
        let door = Doorkeeper(most: 3, mostOfAddress: 2)
        let first = try #require(door.admit(from: "10.0.0.1"))
        #expect(door.admit(from: "10.0.0.1") != nil)
        #expect(door.admit(from: "10.0.0.1") == nil, "two of one address are there")
        #expect(door.admit(from: "10.0.0.2") != nil)
        #expect(door.admit(from: "10.0.0.3") == nil, "three are there")
        first.end()
        #expect(door.admit(from: "10.0.0.3") != nil)
        #expect(door.admit(from: "10.0.0.4") == nil)
    }

    @Test func countsAVisitUntilItsFirstEnd() throws {
        let door = Doorkeeper(most: 1)
        let known = try #require(door.admit(from: "10.0.0.1"))
        known.end()
        #expect(door.admit(from: "10.0.0.1") != nil)
        known.end()
        #expect(door.admit(from: "10.0.0.1") == nil)
    }
}
