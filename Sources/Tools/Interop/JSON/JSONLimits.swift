/// How large and how deeply nested a JSON text may be.
public struct JSONLimits: Equatable, Sendable {
    public let byteCountMax: Int
    public let depthMax: Int

    public init(byteCountMax: Int, depthMax: Int) {
        self.byteCountMax = min(byteCountMax, Int(Int32.max))
        self.depthMax = depthMax
    }

    /// 16 MiB and 64 levels: more than any FHIR resource of a real system needs.
    public static let standard = JSONLimits(byteCountMax: 16 << 20, depthMax: 64)
}
