internal import Cryptography
internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Testing

@testable import custos

@Suite("A network on one machine")
struct DevnetLayoutTests {
    private let folder: TemporaryFolder
    private let network: NetworkFile
    private let now = Timestamp(milliseconds: 1_767_225_600_000)

    init() throws {
        folder = try TemporaryFolder()
        let root = Project.root
        network = try NetworkFile(path: "\(root)/genesis/county.yaml")
    }

    private func make() throws -> Bool {
        try DevnetLayout(folder: folder.path).make(network, rules: [], basePort: 7400, now: now)
    }

    @Test func everyNodeFindsItsThings() throws {
        #expect(try make())
        let layout = DevnetLayout(folder: folder.path)
        let genesis = try Genesis.read(layout.genesisFile(network))
        #expect(genesis.start == now)
        #expect(genesis.institutions.map(\.id) == network.members.map(\.id))
        for institution in genesis.institutions {
            let place = try NodePlace(layout.member(institution.id).folder)
            let file = place.configuration
            #expect(try place.institution == institution.id)
            #expect(file.genesis == layout.genesisFile(network))
            #expect(file.peers.count == 3)
            #expect(
                !file.peers.contains {
                    $0.institution == institution.id.name || $0.port == file.listen.port
                })
            let secrets = place.secrets
            let key = try SecretFile(path: secrets.consensus).signingKey(secrets.consensus)
            #expect(institution.consensusKey == key.publicKey)
            let submit = try SecretFile(path: secrets.submit(0)).signingKey(secrets.submit(0))
            #expect(institution.submitKeys.map(\.key) == [submit.publicKey])
        }
    }

    @Test func onlyTheIdentityProviderIsToldHowManyNamesToGive() throws {
        let layout = DevnetLayout(folder: folder.path)
        let names = NameAllowance(burst: 70_000, perMinute: 80_000)
        _ = try layout.make(network, rules: [], basePort: 7400, names: names, now: now)
        let provider = try #require(network.identityProvider)
        for member in network.members {
            let file = try NodePlace(layout.member(member.id).folder).configuration
            #expect(file.names == (member.id == provider ? names : nil))
        }
    }

    @Test func aSecondTimeChangesNothing() throws {
        #expect(try make())
        let path = DevnetLayout(folder: folder.path).genesisFile(network)
        let before = try Files.read(path)
        #expect(try !make())
        #expect(try Files.read(path) == before)
    }

    @Test func keysOfAnotherAreRefused() throws {
        _ = try make()
        let mine = "\(folder.path)/insurer.public.yaml"
        let text = try Files.readText(mine).replacing("id: insurer", with: "id: regulator")
        try Files.write(Array(text.utf8), to: mine)
        let maker = GenesisMaker(network: network, keys: folder.path, rules: [], now: now)
        let failure = #expect(throws: Failure.self) { try maker.genesis() }
        #expect(failure?.ending == .refused)
    }

    @Test func parametersReachTheGenesis() throws {
        _ = try make()
        let text = """
            name: n
            institutions: {insurer: {name: I, kind: insurer, tier: county, power: 1}}
            parameters: {heartbeat: 77, index: false, block-entries: 5, epoch-days: 90}
            """
        let small = try NetworkFile(path: try folder.file("small.yaml", text))
        let maker = GenesisMaker(network: small, keys: folder.path, rules: [], now: now)
        let parameters = try maker.genesis().parameters
        #expect(parameters.heartbeatMilliseconds == 77)
        #expect(parameters.isIndexKept == false)
        #expect(parameters.blockEntryCountMax == 5)
        #expect(parameters.epochDays == 90)
        #expect(parameters.listsRules)
    }
}
