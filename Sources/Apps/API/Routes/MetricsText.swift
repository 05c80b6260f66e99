/// Numbers as Prometheus' text format 0.0.4 writes them, each name's values together.
struct MetricsText {
    private struct Family {
        let name: String
        var lines: [String]
    }

    private var families: [Family] = []

    /// Adds a value of the metric `name`; the help of its first value counts.
    mutating func gauge(
        _ name: String, _ help: String, _ value: some BinaryInteger,
        _ labels: [(String, String)] = []
    ) {
        let inner = labels.map { "\($0)=\"\(MetricsText.escaped($1))\"" }.joined(separator: ",")
        let line = labels.isEmpty ? "\(name) \(value)" : "\(name){\(inner)} \(value)"
        if let index = families.firstIndex(where: { $0.name == name }) {
            families[index].lines.append(line)
        } else {
            families.append(
                Family(
                    name: name, lines: ["# HELP \(name) \(help)", "# TYPE \(name) gauge", line]))
        }
    }

    var lines: String {
        families.flatMap(\.lines).joined(separator: "\n") + "\n"
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value {
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
        return text
    }
}
