internal import Yams

/// A YAML document read node by node: every scalar is text, and every error has its place.
///
/// Aliases and repeated keys are refused; JSON is read too, being YAML.
struct YAMLReader {
    let path: String
    private let node: Node
    /// The way from the root to this node, for errors.
    private let place: String

    init(path: String, text: String) throws(Failure) {
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw Failure(.file, "\(path) is empty")
            }
            self.init(path: path, node: node, place: "the document")
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.file, "\(path): \(error)")
        }
    }

    private init(path: String, node: Node, place: String) {
        self.path = path
        self.node = node
        self.place = place
    }

    func failure(_ what: String) -> Failure {
        let mark = node.mark.map { ":\($0.line):\($0.column)" } ?? ""
        return Failure(.file, "\(path)\(mark): \(place) \(what)")
    }

    /// The fields of a mapping, in their order; keys that are not in `known` are refused.
    func fields(_ known: [String]? = nil) throws(Failure) -> [(name: String, value: YAMLReader)] {
        guard let mapping = node.mapping else { throw failure("must be a mapping") }
        var seen: Set<String> = []
        var fields: [(name: String, value: YAMLReader)] = []
        for (key, value) in mapping {
            let child = YAMLReader(path: path, node: value, place: key.string ?? "a field")
            guard let name = key.string else { throw child.failure("must be named by text") }
            if let known, !known.contains(name) {
                throw child.failure("is not known here; known are \(known.joined(separator: ", "))")
            }
            guard seen.insert(name).inserted else { throw child.failure("stands here twice") }
            fields.append((name, child))
        }
        return fields
    }

    func items() throws(Failure) -> [YAMLReader] {
        guard let sequence = node.sequence else { throw failure("must be a list") }
        return sequence.enumerated().map { index, item in
            YAMLReader(path: path, node: item, place: "\(place)[\(index)]")
        }
    }

    func text() throws(Failure) -> String {
        guard let text = node.scalar?.string else { throw failure("must be text") }
        return text
    }

    func integer<Number: FixedWidthInteger>(
        _ range: ClosedRange<Number>
    ) throws(Failure) -> Number {
        guard let number = Number(try text()), range.contains(number) else {
            throw failure("must be an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func bool() throws(Failure) -> Bool {
        switch try text() {
        case "true": true
        case "false": false
        default: throw failure("must be true or false")
        }
    }
}
