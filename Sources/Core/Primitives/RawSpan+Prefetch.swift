internal import CPrefetch

extension RawSpan {
    /// Asks for the bytes, which are read soon, and does not wait for them.
    ///
    /// For loops that copy from anywhere in memory: each copy would wait for the one before it.
    public func prefetch() {
        unsafe withUnsafeBytes { unsafe cprefetch($0.baseAddress, $0.count) }
    }
}
