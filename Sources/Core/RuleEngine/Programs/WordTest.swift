internal import RuleLanguage

/// A part of a condition over named values, asked of the words of a row where these stand.
enum WordTest: Sendable {
    /// The first word of a value, compared with a constant.
    case words(BinaryOperator, place: Int, Int64)
    case decimals(BinaryOperator, place: Int, Flat)
    /// Whether the first word of a value is one of the constants of the program from the first.
    case isOneOf(place: Int, first: Int, count: Int)
    /// Whatever else.
    case step(Int32)

    init(_ part: Int32, _ program: Program) {
        switch program.resolved(part) {
        case .compareWords(let symbol, let a, let b):
            if let (place, constant, symbol) = Self.sides(symbol, a, b, program) {
                self = .words(symbol, place: place, constant.first)
                return
            }
        case .compareDecimals(let symbol, let a, let b):
            if let (place, constant, symbol) = Self.sides(symbol, a, b, program) {
                self = .decimals(symbol, place: place, constant)
                return
            }
        case .isOneOf(let value, let first, let count):
            if case .local(let local) = program.resolved(value) {
                self = .isOneOf(place: 2 * Int(local), first: Int(first), count: Int(count))
                return
            }
        default: break
        }
        self = .step(part)
    }

    /// The word of the name and the constant that it is compared with, the name on the left.
    private static func sides(
        _ symbol: BinaryOperator, _ a: Int32, _ b: Int32, _ program: Program
    ) -> (place: Int, constant: Flat, symbol: BinaryOperator)? {
        if case .local(let local) = program.resolved(a), let constant = program.constant(b) {
            return (2 * Int(local), constant, symbol)
        }
        if case .local(let local) = program.resolved(b), let constant = program.constant(a) {
            return (2 * Int(local), constant, symbol.turned)
        }
        return nil
    }
}
