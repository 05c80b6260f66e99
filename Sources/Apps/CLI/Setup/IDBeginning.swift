extension String {
    /// The beginning of an id or a hash as commands print it: without the dots that say that it
    /// goes on.
    var beginningOfID: String { hasSuffix("…") ? String(dropLast()) : self }
}
