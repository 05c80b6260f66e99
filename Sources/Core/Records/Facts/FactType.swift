/// What a field of a fact may hold.
public enum FactType: UInt8, Sendable, CaseIterable {
    case text
    /// A code with its system, such as an ICD-10 diagnosis or an RxNorm drug.
    case code
    /// Several codes, in the order of the source document.
    case codes
    case integer
    case decimal
    case money
    case quantity
    case date
    case instant
    case bool
    case patient
    case practitioner
    case institution
    case claim
    case prescription
}
