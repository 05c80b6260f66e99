internal import Foundation
internal import Primitives

/// Who founds a network, as a person writes it down: the YAML files of `genesis/`.
///
/// It holds no keys: those come from the institutions' own public files (``PublicFile``).
struct NetworkFile {
    struct Member {
        let id: InstitutionID
        let name: String
        let kind: String
        let tier: String
        let power: UInt64
        let streams: [UInt16]
        /// Where the member stands in the file, for errors found later.
        let reader: YAMLReader
    }

    struct Rules {
        let folder: String
        let runners: [InstitutionID]
    }

    let name: String
    /// Milliseconds since 1970, where the file names a start.
    let start: Timestamp?
    let members: [Member]
    let rules: Rules?
    /// What the file says about parameters, by their names.
    let parameters: [(name: String, value: YAMLReader)]

    static let parameterNames = [
        "timeout-propose", "timeout-vote", "timeout-growth", "timeout-cap", "clock-precision",
        "message-delay", "block-entries", "block-bytes", "heartbeat", "batch-lifetime",
        "epoch-days", "appeal-days", "entry-rules", "rule-lists", "index",
    ]

    init(path: String) throws(Failure) {
        let document = try YAMLReader(path: path, text: try Files.readText(path))
        var name: String?
        var start: Timestamp?
        var members: [Member] = []
        var rules: Rules?
        var parameters: [(name: String, value: YAMLReader)] = []
        let known = ["name", "start", "institutions", "rules", "parameters"]
        for (field, value) in try document.fields(known) {
            switch field {
            case "name": name = try value.text()
            case "start": start = try Self.time(value)
            case "institutions":
                for (id, member) in try value.fields() {
                    members.append(try Self.member(id, member))
                }
            case "rules": rules = try Self.rules(value, beside: path)
            default: parameters = try value.fields(Self.parameterNames)
            }
        }
        guard let name, !members.isEmpty else {
            throw document.failure("must have a name and institutions")
        }
        self.name = name
        self.start = start
        self.members = members.sorted { $0.id < $1.id }
        self.rules = rules
        self.parameters = parameters
    }

    /// Who names people by ids: an identity provider or, where there is none, a regulator.
    var identityProvider: InstitutionID? {
        for kind in ["identity-provider", "regulator"] {
            if let member = members.first(where: { $0.kind == kind }) { return member.id }
        }
        return nil
    }

    private static func member(_ id: String, _ value: YAMLReader) throws(Failure) -> Member {
        guard let id = InstitutionID(id) else {
            throw value.failure("must be named by 1 to 32 of a-z, 0-9 and -")
        }
        var name: String?
        var kind: String?
        var tier: String?
        var power: UInt64 = 0
        var streams: [UInt16] = [0]
        let known = ["name", "kind", "tier", "power", "streams"]
        for (field, value) in try value.fields(known) {
            switch field {
            case "name": name = try value.text()
            case "kind": kind = try value.text()
            case "tier": tier = try value.text()
            case "power": power = try value.integer(0...1_000_000)
            default:
                streams = []
                for item in try value.items() { streams.append(try item.integer(0...65_535)) }
            }
        }
        guard let name, let kind, let tier else {
            throw value.failure("must have a name, a kind and a tier")
        }
        return Member(
            id: id, name: name, kind: kind, tier: tier, power: power, streams: streams.sorted(),
            reader: value)
    }

    private static func rules(_ value: YAMLReader, beside path: String) throws(Failure) -> Rules {
        var folder: String?
        var runners: [InstitutionID] = []
        for (field, value) in try value.fields(["folder", "run-by"]) {
            if field == "folder" {
                folder = Files.place(try value.text(), beside: path)
            } else {
                for item in try value.items() {
                    guard let id = InstitutionID(try item.text()) else {
                        throw item.failure("is no institution")
                    }
                    runners.append(id)
                }
            }
        }
        guard let folder, !runners.isEmpty else {
            throw value.failure("must name a folder, and in run-by who runs its rules")
        }
        return Rules(folder: folder, runners: runners.sorted())
    }

    private static func time(_ value: YAMLReader) throws(Failure) -> Timestamp {
        guard let date = try? Date(try value.text(), strategy: .iso8601) else {
            throw value.failure("must be a time such as 2026-01-01T00:00:00Z")
        }
        return Timestamp(milliseconds: Int64(date.timeIntervalSince1970 * 1_000))
    }
}
