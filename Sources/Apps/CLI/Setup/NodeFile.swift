internal import Primitives

/// How one node runs: the file that `custos node` takes.
///
/// Paths in it count from the folder of the file.
///
/// ```yaml
/// institution: county-hospital
/// genesis: ../county.genesis
/// secrets: secrets
/// data: data
/// listen: 127.0.0.1:7401
/// control: control.sock
/// peers:
///   city-hospital: 127.0.0.1:7402
/// ```
struct NodeFile {
    struct Address: Equatable, CustomStringConvertible {
        let host: String
        let port: Int

        var description: String { "\(host):\(port)" }
    }

    var institution: InstitutionID
    var genesis: String
    var secrets: String
    var data: String
    var listen: Address
    /// A Unix socket; who may write to it, may submit.
    var control: String
    var peers: [(id: InstitutionID, address: Address)]
    /// The folder of rule sources, where this node runs rules.
    var rules: String?

    var text: String {
        var lines = [
            "institution: \(institution)", "genesis: \(genesis)", "secrets: \(secrets)",
            "data: \(data)", "listen: \(listen)", "control: \(control)",
        ]
        if let rules { lines.append("rules: \(rules)") }
        lines.append("peers:")
        lines += peers.map { "  \($0.id): \($0.address)" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Reads the file; every path in the result is absolute.
    init(path: String) throws(Failure) {
        let document = try YAMLReader(path: path, text: try Files.readText(path))
        let known = [
            "institution", "genesis", "secrets", "data", "listen", "control", "peers", "rules",
        ]
        var texts: [String: String] = [:]
        var listen: Address?
        var peers: [(id: InstitutionID, address: Address)] = []
        for (field, value) in try document.fields(known) {
            switch field {
            case "listen": listen = try Self.address(value)
            case "peers":
                for (name, value) in try value.fields() {
                    guard let id = InstitutionID(name) else {
                        throw value.failure("is no institution")
                    }
                    peers.append((id, try Self.address(value)))
                }
            default: texts[field] = try value.text()
            }
        }
        func text(_ name: String) throws(Failure) -> String {
            guard let text = texts[name] else { throw document.failure("must say \(name)") }
            return text
        }
        func place(_ name: String) throws(Failure) -> String {
            Files.place(try text(name), beside: path)
        }
        guard let institution = InstitutionID(try text("institution")), let listen else {
            throw document.failure("must name an institution, and where to listen")
        }
        self.institution = institution
        self.listen = listen
        self.peers = peers
        genesis = try place("genesis")
        secrets = try place("secrets")
        data = try place("data")
        control = try place("control")
        rules = texts["rules"] == nil ? nil : try place("rules")
    }

    init(
        institution: InstitutionID, genesis: String, secrets: String, data: String,
        listen: Address, control: String, peers: [(id: InstitutionID, address: Address)],
        rules: String? = nil
    ) {
        self.institution = institution
        self.genesis = genesis
        self.secrets = secrets
        self.data = data
        self.listen = listen
        self.control = control
        self.peers = peers
        self.rules = rules
    }

    private static func address(_ value: YAMLReader) throws(Failure) -> Address {
        let text = try value.text()
        guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
            let port = UInt16(text[text.index(after: colon)...])
        else { throw value.failure("must be host:port, such as 127.0.0.1:7401") }
        return Address(host: String(text[..<colon]), port: Int(port))
    }
}
