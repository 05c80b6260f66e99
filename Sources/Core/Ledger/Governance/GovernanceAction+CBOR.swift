internal import Cryptography
internal import Primitives
internal import Records

extension GovernanceAction {
    /// Appends `[kind, …]`, as `docs/formats/governance.md` has it.
    func encode(into writer: inout CBORWriter) {
        func open(_ fields: Int) {
            writer.array(fields + 1)
            writer.unsigned(UInt64(kind.rawValue))
        }
        switch self {
        case .add(let institution):
            open(1)
            institution.encode(into: &writer)
        case .remove(let id):
            open(1)
            writer.institution(id)
        case .setPower(let id, let power):
            open(2)
            writer.institution(id)
            writer.unsigned(power)
        case .setKey(let id, let change):
            open(2)
            writer.institution(id)
            change.encode(into: &writer)
        case .setParameters(let parameters):
            open(1)
            parameters.encode(into: &writer)
        case .setRules(let rules, let retired):
            open(2)
            writer.array(rules.count)
            for rule in rules { rule.encode(into: &writer) }
            writer.array(retired.count)
            for id in retired { writer.text(id) }
        case .setTables(let tables, let retired):
            open(2)
            writer.array(tables.count)
            for table in tables { table.encode(into: &writer) }
            writer.array(retired.count)
            for name in retired { writer.text(name) }
        case .stop, .resume: open(0)
        case .setPolicy(let policy):
            open(1)
            policy.encode(into: &writer)
        case .setStatementIssuer(let issuer):
            open(2)
            writer.text(issuer.name)
            StatementIssuer.encode(issuer.keys, into: &writer)
        case .setLedger(let id, let registration):
            open(2)
            writer.digest(id.digest)
            if let registration {
                writer.array(3)
                registration.encodeItems(into: &writer)
            } else {
                writer.null()
            }
        }
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        let start = reader.offset
        let items = try reader.array(atMost: 3)
        let kind: Kind = try reader.code("a kind of change, 1 to 12")
        guard items == Self.itemCount(kind) else {
            throw .unexpected(
                offset: start, expected: "\(kind) with \(Self.itemCount(kind)) items",
                found: "\(items)")
        }
        switch kind {
        case .add: self = .add(try Institution(from: &reader))
        case .remove: self = .remove(try reader.institution())
        case .power:
            self = .setPower(
                try reader.institution(),
                try reader.unsigned("power", atMost: Genesis.powerMax))
        case .key: self = .setKey(try reader.institution(), try KeyChange(from: &reader))
        case .parameters: self = .setParameters(try Parameters(from: &reader))
        case .rules:
            var rules: [RuleVersion] = []
            for _ in 0..<(try reader.array(atMost: Genesis.ruleCountMax)) {
                rules.append(try RuleVersion(from: &reader))
            }
            var retired: [String] = []
            for _ in 0..<(try reader.array(atMost: Genesis.ruleCountMax)) {
                retired.append(try reader.text(1...RuleVersion.idByteCountMax))
            }
            self = .setRules(rules, retire: retired)
        case .tables:
            var tables: [TableVersion] = []
            for _ in 0..<(try reader.array(atMost: TableVersion.countMax)) {
                tables.append(try TableVersion(from: &reader))
            }
            var retired: [String] = []
            for _ in 0..<(try reader.array(atMost: TableVersion.countMax)) {
                retired.append(try TableVersion.name(from: &reader))
            }
            self = .setTables(tables, retire: retired)
        case .stop: self = .stop
        case .resume: self = .resume
        case .policy: self = .setPolicy(try GovernancePolicy(from: &reader))
        case .statementIssuer:
            let name = try reader.text(1...256)
            self = .setStatementIssuer(
                StatementIssuer(name: name, keys: try StatementIssuer.keys(from: &reader)))
        case .ledger:
            let id = LedgerID(try reader.digest())
            if try reader.isNull() {
                self = .setLedger(id, nil)
            } else {
                try reader.array(exactly: 3)
                self = .setLedger(id, try AnchoredLedger.Registration(itemsFrom: &reader))
            }
        }
    }

    private static func itemCount(_ kind: Kind) -> Int {
        switch kind {
        case .stop, .resume: 1
        case .power, .key, .rules, .ledger, .statementIssuer, .tables: 3
        default: 2
        }
    }
}

extension GovernanceAction.KeyChange {
    /// `[role, …]`: submit 1, consensus 2, govern 3, seal 4, witness 5, tls 6.
    func encode(into writer: inout CBORWriter) {
        switch self {
        case .submit(let stream, let key):
            writer.array(3)
            writer.unsigned(1)
            writer.unsigned(UInt64(stream.number))
            if let key { writer.publicKey(key) } else { writer.null() }
        case .consensus(let key):
            writer.array(2)
            writer.unsigned(2)
            if let key { writer.publicKey(key) } else { writer.null() }
        case .govern(let keys):
            writer.array(2)
            writer.unsigned(3)
            writer.array(keys.count)
            for key in keys { writer.publicKey(key) }
        case .seal(let key), .witness(let key):
            writer.array(2)
            if case .seal = self { writer.unsigned(4) } else { writer.unsigned(5) }
            if let key { writer.bytes(key) } else { writer.null() }
        case .tls(let pin):
            writer.array(2)
            writer.unsigned(6)
            if let pin { writer.digest(pin) } else { writer.null() }
        }
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        let start = reader.offset
        let items = try reader.array(atMost: 3)
        let role = try reader.unsigned("role of a key", atMost: 6)
        switch (role, items) {
        case (1, 3):
            let stream = try reader.stream()
            self = .submit(stream, try reader.isNull() ? nil : try reader.publicKey())
        case (2, 2): self = .consensus(try reader.isNull() ? nil : try reader.publicKey())
        case (3, 2):
            var keys: [PublicKey] = []
            for _ in 0..<(try reader.array(atMost: 64)) { keys.append(try reader.publicKey()) }
            self = .govern(keys)
        case (4, 2), (5, 2):
            let key =
                try reader.isNull()
                ? nil : Array(try reader.bytes(exactly: Institution.curve25519ByteCount))
            self = role == 4 ? .seal(key) : .witness(key)
        case (6, 2): self = .tls(try reader.isNull() ? nil : try reader.digest())
        default:
            throw .unexpected(
                offset: start, expected: "a role, 1 to 6, with its key",
                found: "role \(role) with \(items) items")
        }
    }
}
