public import Primitives

extension Fact {
    /// The fact with its patients called otherwise: how rules join a person's facts over epochs.
    public func renaming(_ name: (OpaqueID) -> OpaqueID) -> Fact {
        var fact = self
        for field in kind.schema.fields where field.type == .patient {
            guard case .id(let id) = values[field.number] else { continue }
            let other = name(id)
            if other != id { fact.values[field.number] = .id(other) }
        }
        return fact
    }
}
