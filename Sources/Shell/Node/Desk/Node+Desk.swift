internal import Ledger
internal import Primitives
internal import Sealing
internal import Supervision

/// Which desk a node has.
extension Node {
    /// The desk that the configuration asks for: one that seals and supervises where there is a
    /// seal key, else a plain one.
    static func desk(
        _ configuration: NodeConfiguration, _ setup: NodeSetup, _ charters: CharterTimeline,
        runner: SupervisorSettings.RunnerMaker?
    ) throws(NodeError) -> any Desk {
        let sealKeys = try configuration.keys.sealKeys()
        guard let sealKey = sealKeys.first else {
            return PlainDesk(institution: setup.institution)
        }
        var settings = SupervisorSettings(
            genesis: setup.genesis, institution: setup.institution,
            folder: setup.data + "/desk",
            keyFolder: configuration.keys.desk ?? setup.data + "/desk-keys", sealKey: sealKey)
        settings.furtherSealKeys = Array(sealKeys.dropFirst())
        settings.residentBytesMax = setup.memory.deskBytes
        settings.charters = charters
        settings.runner = runner
        settings.rulesFolder = configuration.rules ?? setup.data + "/rules"
        settings.provider = try provider(configuration)
        settings.terms = try terms(configuration)
        do throws(SupervisionError) {
            return try SupervisionDesk(settings)
        } catch {
            throw .halted(reason: "the supervision desk does not open: \(error)")
        }
    }

    private static func terms(
        _ configuration: NodeConfiguration
    ) throws(NodeError) -> PseudonymService.Terms {
        var terms = PseudonymService.Terms()
        guard let names = configuration.names else { return terms }
        if let problem = names.problem {
            throw .configuration(path: NodeConfiguration.fileName, detail: problem)
        }
        terms.burst = names.burst ?? terms.burst
        terms.perMinute = names.perMinute ?? terms.perMinute
        return terms
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
