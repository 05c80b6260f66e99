internal import Ledger
internal import Primitives
internal import Sealing
internal import Supervision

/// Which desk a node has.
extension Node {
    /// The desk that the configuration asks for: one that seals and supervises where there is a
    /// seal key, else a plain one.
    static func desk(
        _ configuration: NodeConfiguration, _ setup: NodeSetup,
        runner: SupervisorSettings.RunnerMaker?
    ) throws(NodeError) -> any Desk {
        guard let path = configuration.keys.seal else {
            return PlainDesk(institution: setup.institution)
        }
        let secret = try SecretKeyFile.secret(path)
        let sealKey: SealSecretKey
        let publicKey: SealPublicKey
        do throws(SealingError) {
            sealKey = try SealSecretKey(secret)
            publicKey = try sealKey.publicKey
        } catch {
            throw .key(path: path, detail: "no X25519 key: \(error)")
        }
        let member = setup.genesis.institutions.first { $0.id == setup.institution }
        guard publicKey.bytes == member?.sealKey else {
            throw .key(path: path, detail: "not the seal key that the genesis names")
        }
        var settings = SupervisorSettings(
            genesis: setup.genesis, institution: setup.institution,
            folder: setup.data + "/desk",
            keyFolder: configuration.keys.desk ?? setup.data + "/desk-keys", sealKey: sealKey)
        settings.runner = runner
        settings.rulesFolder = configuration.rules
        settings.provider = try provider(configuration)
        do throws(SupervisionError) {
            return try SupervisionDesk(settings)
        } catch {
            throw .halted(reason: "the supervision desk does not open: \(error)")
        }
    }

    private static func provider(
        _ configuration: NodeConfiguration
    ) throws(NodeError) -> InstitutionID? {
        guard let name = configuration.identityProvider else { return nil }
        guard let id = InstitutionID(name) else {
            throw .configuration(
                path: NodeConfiguration.fileName,
                detail: "identityProvider must be an institution, not \(name)")
        }
        return id
    }
}
