internal import Foundation
internal import Ledger
internal import Primitives
internal import Storage
internal import Testing

@testable import Node
@testable import Transport

@Suite("The keys of a node")
struct KeyringTests {
    @Test func aCertificateRenewedOnItsKeyTakesThePlaceOfTheOldOne() throws {
        let network = try TestNetwork()
        let configuration = network.configuration(0)
        let ring = try Keyring(configuration.keys)
        let former = ring.identity(named: nil)
        let renewed = try former.renewed(for: network.ids[0], years: -1)
        #expect(renewed.pin == former.pin && renewed.certificatePEM != former.certificatePEM)
        #expect(ring.notAfter(named: former.pin) == former.notAfter)
        try SmallFile.write(
            Array(renewed.certificatePEM.utf8), to: configuration.keys.tlsCertificate)
        ring.add(try Keyring(configuration.keys))
        #expect(ring.identity(named: former.pin).certificatePEM == renewed.certificatePEM)
        #expect(ring.notAfter(named: former.pin) == renewed.notAfter)
        #expect(try #require(renewed.notAfter) < Timestamp(milliseconds: 1_900_000_000_000))
        // There is one identity, as before: no second one to be tried.
        #expect(ring.nextIdentity() == nil)
    }

    @Test func toAskWhenACertificateEndsShowsNoOther() throws {
        let network = try TestNetwork()
        let ring = try Keyring(network.configuration(0).keys)
        ring.add(try Keyring(network.configuration(1).keys))
        let own = ring.identity(named: nil)
        let other = try Keyring(network.configuration(1).keys).identity(named: nil)
        #expect(ring.notAfter(named: other.pin) == other.notAfter)
        #expect(ring.identity(named: nil).pin == own.pin)
    }
}
