extension Checker {
    /// The table that `limit('name')` reads: key `name`, value `value`.
    static let limitTable = "limits"
    /// The table that `in class('name')` reads: keys `class` and `code`.
    static let classTable = "classes"

    mutating func table(
        _ name: String, _ arguments: [Expression], _ expression: Expression
    ) throws(RuleError) -> Int {
        switch name {
        case "limit":
            guard arguments.count == 1 else {
                throw count("limit", "the name of a limit", arguments, expression)
            }
            let table = try index(of: Checker.limitTable, at: expression)
            return try lookUp(
                table, column: "value", keys: arguments, day: nil, called: name, expression)
        case "lookup":
            let (table, column) = try path(arguments, expression, needsColumn: true)
            let (keys, day) = try split(
                Array(arguments.dropFirst()), table, called: name, expression)
            return try lookUp(
                table, column: column, keys: keys, day: day, called: name, expression)
        default:
            let (table, _) = try path(arguments, expression, needsColumn: false)
            let (keys, day) = try split(
                Array(arguments.dropFirst()), table, called: name, expression)
            return try isListed(table, keys: keys, day: day, called: name, expression)
        }
    }

    /// `code in class('name')`, with the day as a second argument where classes have validity.
    mutating func inClass(
        _ code: Expression, _ arguments: [Expression], _ expression: Expression
    ) throws(RuleError) -> Int {
        let table = try index(of: Checker.classTable, at: expression)
        guard let name = arguments.first else {
            throw count("class", "the name of a class", arguments, expression)
        }
        let (keys, day) = try split(
            [name, code] + arguments.dropFirst(), table, called: "class", expression)
        return try isListed(table, keys: keys, day: day, called: "class", expression)
    }

    private mutating func index(
        of name: String, at expression: Expression
    ) throws(RuleError) -> Int {
        guard let index = schema.tables.firstIndex(where: { $0.name == name }) else {
            throw RuleError(
                .unknownTable(
                    name, nearest: NearestName.of(name, in: schema.tables.map(\.name))),
                at: expression.position)
        }
        if !tables.contains(index) { tables.append(index) }
        return index
    }

    /// The table, and the column after the dot, that the first argument names.
    private mutating func path(
        _ arguments: [Expression], _ expression: Expression, needsColumn: Bool
    ) throws(RuleError) -> (Int, String) {
        guard let first = arguments.first, case .literal(.text(let path)) = first.form else {
            throw RuleError(
                .needsConstant(needsColumn ? "'table.column'" : "the name of the table"),
                at: arguments.first?.position ?? expression.position)
        }
        let parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let table = try index(of: parts.first ?? path, at: first)
        guard parts.count == (needsColumn ? 2 : 1) else {
            let column = schema.tables[table].values.first?.name ?? "column"
            throw RuleError(
                .wrongArguments(
                    needsColumn ? "lookup" : "listed",
                    expected: needsColumn ? "'\(parts[0]).\(column)'" : "'\(parts[0])'",
                    found: "'\(path)'"), at: first.position)
        }
        return (table, parts.count == 2 ? parts[1] : "")
    }

    /// Keys and day, told apart by how many keys the table has.
    private func split(
        _ arguments: [Expression], _ table: Int, called name: String, _ expression: Expression
    ) throws(RuleError) -> ([Expression], Expression?) {
        let schema = schema.tables[table]
        let wanted = schema.keys.count + (schema.hasValidity ? 1 : 0)
        guard arguments.count == wanted else {
            var keys = schema.keys.map { "\($0.name): \($0.type)" }
            if schema.hasValidity { keys.append("the day on which the row is valid: date") }
            throw RuleError(
                .wrongArguments(
                    name,
                    expected: "for the table '\(schema.name)' \(keys.joined(separator: ", "))",
                    found: arguments.isEmpty ? "none" : "\(arguments.count)"),
                at: expression.position)
        }
        return (
            Array(arguments.prefix(schema.keys.count)), schema.hasValidity ? arguments.last : nil
        )
    }

    private mutating func lookUp(
        _ table: Int, column name: String, keys: [Expression], day: Expression?,
        called: String, _ expression: Expression
    ) throws(RuleError) -> Int {
        let columns = schema.tables[table].values
        guard let column = columns.firstIndex(where: { $0.name == name }) else {
            throw RuleError(
                .unknownColumn(
                    table: schema.tables[table].name, column: name,
                    nearest: NearestName.of(name, in: columns.map(\.name))),
                at: expression.position)
        }
        let (nodes, on) = try keyNodes(table, keys, day, called)
        return try add(
            .lookUp(table: table, column: column, keys: nodes, day: on), columns[column].type,
            expression)
    }

    private mutating func isListed(
        _ table: Int, keys: [Expression], day: Expression?, called: String,
        _ expression: Expression
    ) throws(RuleError) -> Int {
        let (nodes, on) = try keyNodes(table, keys, day, called)
        return try add(.isListed(table: table, keys: nodes, day: on), .bool, expression)
    }

    private mutating func keyNodes(
        _ table: Int, _ keys: [Expression], _ day: Expression?, _ called: String
    ) throws(RuleError) -> ([Int], Int?) {
        var nodes: [Int] = []
        for (key, column) in zip(keys, schema.tables[table].keys) {
            nodes.append(
                try check(
                    key, as: column.type,
                    "the key '\(column.name)' of the table '\(schema.tables[table].name)'"))
        }
        guard let day else { return (nodes, nil) }
        return (nodes, try check(day, as: .date, "the day on which the row is valid"))
    }
}
