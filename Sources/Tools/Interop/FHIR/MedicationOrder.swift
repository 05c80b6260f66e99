internal import Primitives
internal import Records

/// What of a MedicationRequest its dispenses and claims are read with.
struct MedicationOrder {
    let drug: Code?
    /// A Medication resource that says the drug, where the order itself does not.
    let medication: Reference?
    let requester: Reference?
    let encounter: String?
    /// What one dispense hands over.
    let quantity: FactValue?
    /// How many days one dispense lasts.
    let days: Int64?

    init(_ resource: JSONValue) throws(ElementError) {
        medication = try resource.reference("medicationReference")
        if let medication, medication.isContained, let id = medication.id {
            drug = try resource.contained(id)?.concept("code")
        } else {
            drug = try resource.concept("medicationCodeableConcept")
        }
        requester = try resource.reference("requester")
        encounter = try resource.reference("encounter")?.id
        let dispense = try resource.object("dispenseRequest")
        quantity = try dispense?.object("quantity")?.quantity()
        days = try dispense?.object("expectedSupplyDuration")?.days()
    }
}

extension JSONValue {
    /// A Quantity with its exact digits; nil where it has no value or no unit.
    func quantity() throws(ElementError) -> FactValue? {
        guard let value = member("value") else { return nil }
        guard let number = try value.decimal(), let unit = try firstText(of: "code", "unit"),
            unit.utf8.count <= FactBuilder.textByteCountMax
        else { return nil }
        return .quantity(number, unit: unit)
    }

    /// A number with its exact digits; nil where it has more of them than a decimal holds.
    func decimal() throws(ElementError) -> ExactDecimal? {
        guard let digits = number else {
            throw failure(.wrongType(expected: "a number", found: kindName))
        }
        return ExactDecimal(digits)
    }

    /// A Duration in whole days or weeks; nil where it is in another unit.
    func days() throws(ElementError) -> Int64? {
        guard let value = member("value") else { return nil }
        guard let number = try value.decimal(), number.scale == 0, number.coefficient >= 0,
            number.coefficient < 100_000
        else { return nil }
        switch try firstText(of: "code", "unit") {
        case "d", "day", "days": return number.coefficient
        case "wk", "week", "weeks": return number.coefficient * 7
        default: return nil
        }
    }
}
