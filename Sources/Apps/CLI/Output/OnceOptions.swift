internal import ArgumentParser

/// Options that are given once: of two, the last would win, and nobody would be told.
enum OnceOptions {
    /// Throws where a command line names an option twice that has one value.
    static func check(_ command: any ParsableCommand, _ arguments: [String]) throws {
        let once = names(in: command, depth: 0)
        var seen: Set<String> = []
        for argument in arguments.prefix(while: { $0 != "--" }) {
            let name = String(argument.prefix { $0 != "=" })
            guard name.hasPrefix("--"), once.contains(name) else { continue }
            guard seen.insert(name).inserted else {
                throw ValidationError("\(name) is given twice; it has one value")
            }
        }
    }

    /// The options of a command with one value, those of its groups among them.
    private static func names(in value: Any, depth: Int) -> Set<String> {
        guard depth < 8 else { return [] }
        var names: Set<String> = []
        for child in Mirror(reflecting: value).children {
            // A property wrapper's storage has an underscore before the property's name.
            let type = String(describing: Swift.type(of: child.value))
            if let label = child.label, label.hasPrefix("_"), type.hasPrefix("Option<") {
                if !type.hasPrefix("Option<Array<") { names.insert(option(label.dropFirst())) }
            } else {
                names.formUnion(Self.names(in: child.value, depth: depth + 1))
            }
        }
        return names
    }

    /// `anchoredFrom` as `--anchored-from`.
    private static func option(_ property: Substring) -> String {
        property.reduce(into: "--") { name, letter in
            name += letter.isUppercase ? "-" + letter.lowercased() : String(letter)
        }
    }
}
