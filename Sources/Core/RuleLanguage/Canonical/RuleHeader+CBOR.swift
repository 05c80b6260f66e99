internal import Primitives

extension RuleHeader {
    func encode(into writer: inout CBORWriter) {
        writer.array(7)
        writer.text(id)
        writer.text(title)
        writer.unsigned(UInt64(status.rawValue))
        writer.unsigned(UInt64(level.rawValue))
        writer.unsigned(UInt64(result.rawValue))
        writer.array(basis.count)
        for law in basis {
            writer.array(2)
            writer.text(law.law)
            writer.text(law.note)
        }
        writer.map(attributes.count)
        for attribute in attributes {
            writer.unsigned(UInt64(attribute.name.rawValue))
            writer.text(attribute.text)
        }
    }

    static func decode(from reader: inout CBORReader) throws(CBORError) -> RuleHeader {
        try reader.array(exactly: 7)
        let id = try Expression.name(&reader)
        let title = try Expression.name(&reader)
        let status = try Expression.symbol(&reader, RuleStatus.init(rawValue:))
        let level = try Expression.symbol(&reader, RuleLevel.init(rawValue:))
        let result = try Expression.symbol(&reader, RuleResult.init(rawValue:))
        var basis: [LegalBasis] = []
        for _ in 0..<(try reader.array(atMost: 64)) {
            try reader.array(exactly: 2)
            basis.append(
                LegalBasis(
                    law: try Expression.name(&reader), note: try Expression.name(&reader)))
        }
        var attributes: [Attribute] = []
        try reader.integerMap(atMost: 64) { key, reader throws(CBORError) in
            guard let name = RuleAttribute(rawValue: UInt8(clamping: key)) else {
                throw .key(offset: reader.offset, key: key, problem: .unknown)
            }
            attributes.append(Attribute(name: name, text: try Expression.name(&reader)))
        }
        return RuleHeader(
            id: id, title: title, status: status, level: level, result: result, basis: basis,
            attributes: attributes)
    }
}
