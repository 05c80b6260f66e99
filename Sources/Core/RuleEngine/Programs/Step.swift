internal import RuleLanguage

/// One step of a program; other steps are named by their number.
enum Step: Sendable {
    /// What programs leave to the evaluation in full.
    case open
    case constant(Flat)
    case field(depth: Int32, bit: Int32, offset: Int32, isPair: Bool, name: Int32)
    case local(Int32)
    case binding(Int32)
    case not(Int32)
    case negate(Int32)
    case and(Int32, Int32)
    case or(Int32, Int32)
    case conditional(Int32, Int32, Int32)
    /// Of values in one word, or that are told apart by their first words.
    case compareWords(BinaryOperator, Int32, Int32)
    case compareDecimals(BinaryOperator, Int32, Int32)
    case compareMoney(BinaryOperator, Int32, Int32)
    /// The quotients of the first two and the last two; -1 stands for one.
    case compareQuotients(BinaryOperator, Int32, Int32, Int32, Int32)
    /// The first amount in minor units, where the second has the same currency.
    case minorUnits(Int32, Int32)
    case arithmetic(Sum, BinaryOperator, Int32, Int32)
    /// Whether a value is one of the words from the first, so many.
    case isOneOf(Int32, first: Int32, count: Int32)
    /// Whether a list of codes holds a value.
    case holds(list: Int32, Int32)
    /// `exists` or `all` over a list of codes.
    case each(list: Int32, local: Int32, body: Int32, deciding: Bool)
    case size(list: Int32)
    case function(Function, Int32, Int32)
    /// The number of a quantity in a unit.
    case number(Int32, unit: Int64)
    /// A quotient, rounded half to even.
    case divide(Int32, Int32, digits: UInt8)
    /// A test, by its number, of a text; answered once for each text.
    case test(Int32, Int32)
    /// What a listing says of one symbol or two, on a day; -1 where there is none.
    case listed(Int32, Int32, Int32, day: Int32)
    /// The symbol by which a whole number or a day is a key.
    case keyNumber(Int32)
    case aggregate(Aggregate, window: Int32, depth: Int32, body: Int32, Totals)
    /// What a quantile takes of each row, and its percent: the body of that aggregate.
    case share(Int32, percent: UInt8)
    case known(Int32)
    case same(Int32, Int32, Totals)
    case otherwise(Int32, Int32)

    /// What an arithmetic step adds up.
    enum Sum: UInt8, Sendable {
        case integers
        case decimals
        case money
        case moneyTimes
        case periods
        case durations
        case days
        case dates
        case instants
        case spans
        case instantsPeriod
    }

    /// Of what type the values are that are added up, compared or told apart.
    enum Totals: UInt8, Sendable {
        case none
        case words
        case integers
        case decimals
        case money
        case periods
        case durations

        var sum: Sum? {
            switch self {
            case .integers: .integers
            case .decimals: .decimals
            case .money: .money
            case .periods: .periods
            case .durations: .durations
            default: nil
            }
        }
    }
}
