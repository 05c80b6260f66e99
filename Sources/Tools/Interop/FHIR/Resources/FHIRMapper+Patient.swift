internal import Primitives
internal import Records

extension FHIRMapper {
    /// Patient → a record entry with the patient fact.
    ///
    /// Issuer: the managing organisation's institution; where none is named, that of the
    /// patient's earliest encounter in the input. Time: `meta.lastUpdated`, else the import's.
    mutating func patient(_ resource: Resource) throws(ElementError) -> [Draft] {
        let value = resource.value
        let identity = catalog.patients[resource.id] ?? "Patient/\(resource.id)"
        let id = try patient(identity, at: value)
        let issuer = try institution(of: home(ofPatient: resource.id), at: value)

        var fact = FactBuilder(.patient)
        fact.set("patient", id: id)
        fact.set("sex", text: try value.text("gender"))
        if let birth = try value.time("birthDate") {
            fact.set("birth_date", day: birth.civilDay)
            if birth.civilDay == nil { note("Patient.birthDate", "a year or month only") }
        }
        let died = try value.time("deceasedDateTime")
        fact.set("death_date", day: died?.civilDay)
        fact.set("deceased", bool: died != nil ? true : try value.flag("deceasedBoolean"))

        return [
            Draft(
                issuer: issuer, kind: .record,
                eventTime: try lastUpdated(resource) ?? importTime, subjects: [.patient(id)],
                payload: try resource.record([fact]), origin: resource.origin)
        ]
    }
}
