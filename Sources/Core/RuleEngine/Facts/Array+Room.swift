extension Array {
    /// Makes room for so many elements more; where there is none, for four times what is there.
    ///
    /// Room that nothing was written to takes no memory. Moving into a larger place copies what
    /// is there, into pages that the system must give first: a third of it is left where room
    /// grows fourfold and not twofold.
    mutating func makeRoom(for more: Int) {
        guard count + more > capacity else { return }
        reserveCapacity(count + Swift.max(more, 3 * count))
    }
}
