extension JSONValue {
    /// How to get from the outermost value to this one, such as `item[2].net.value`.
    ///
    /// Found by walking from the top: paths are wanted for errors only.
    public var path: String {
        var path = ""
        var current = 0
        while current != index {
            let parent = document.nodes[current]
            let isObject = parent.kind == .object
            var child = current + 1
            var ordinal = 0
            var found: Int?
            while child < Int(parent.next) {
                let value = isObject ? child + 1 : child
                let next = Int(document.nodes[value].next)
                if value <= index, index < next {
                    found = value
                    break
                }
                child = next
                ordinal += 1
            }
            guard let found else { return path }
            if isObject {
                if !path.isEmpty { path += "." }
                path += document.text(of: document.nodes[child])
            } else {
                path += "[\(ordinal)]"
            }
            current = found
        }
        return path
    }

    /// The path of a member that is or would be here.
    public func path(of key: String) -> String {
        let path = path
        return path.isEmpty ? key : "\(path).\(key)"
    }
}
