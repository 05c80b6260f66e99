internal import Primitives
internal import Records

extension FHIRMapper {
    /// Condition → a record entry.
    mutating func condition(_ resource: Resource) throws(ElementError) -> [Draft] {
        let value = resource.value
        let onset = try instant("onsetDateTime", of: value, "Condition.onsetDateTime")
        let end = try instant("abatementDateTime", of: value, "Condition.abatementDateTime")
        let recorded = try value.time("recordedDate")
        let piece = RecordPiece(
            type: "condition", span: Span(from: onset, to: end),
            status: try value.bareCode("clinicalStatus"),
            practitioner: try value.firstReference(of: "asserter", "recorder"),
            eventTime: try eventTime([recorded, onset], of: resource, "recordedDate"))
        return try record(piece, resource)
    }

    /// Procedure → a record entry.
    mutating func procedure(_ resource: Resource) throws(ElementError) -> [Draft] {
        let value = resource.value
        var span = try span("performedPeriod", of: value, "Procedure.performedPeriod")
        if let moment = try instant(
            "performedDateTime", of: value, "Procedure.performedDateTime")
        {
            span = Span(from: moment, to: moment)
        }
        let piece = RecordPiece(
            type: "procedure", span: span, status: try value.text("status"),
            practitioner: try value.objects("performer").first?.reference("actor"),
            eventTime: try eventTime([span.to, span.from], of: resource, "performedPeriod"))
        return try record(piece, resource)
    }

    /// Observation → a record entry.
    mutating func observation(_ resource: Resource) throws(ElementError) -> [Draft] {
        let value = resource.value
        var span = try span("effectivePeriod", of: value, "Observation.effectivePeriod")
        for key in ["effectiveDateTime", "effectiveInstant"] {
            if let moment = try instant(key, of: value, "Observation.\(key)") {
                span = Span(from: moment, to: moment)
            }
        }
        let piece = RecordPiece(
            type: "observation", span: span, status: try value.text("status"),
            practitioner: try value.firstPractitioner(of: "performer"),
            eventTime: try eventTime(
                [
                    span.to, span.from, try value.time("effectiveDateTime"),
                    try value.time("issued"),
                ], of: resource, "effectiveDateTime"))
        return try record(piece, resource)
    }

    /// FamilyMemberHistory → a record entry, about the patient; the code is the relationship.
    mutating func familyHistory(_ resource: Resource) throws(ElementError) -> [Draft] {
        let value = resource.value
        let date = try value.time("date")
        let piece = RecordPiece(
            type: "family-history", span: Span(), status: try value.text("status"),
            practitioner: nil, eventTime: try eventTime([date], of: resource, "date"),
            patientKey: "patient", codeKey: "relationship",
            home: try home(ofPatient: value.reference("patient")?.id))
        return try record(piece, resource)
    }

    /// DocumentReference → a record entry; the code is the kind of document.
    mutating func document(_ resource: Resource) throws(ElementError) -> [Draft] {
        let value = resource.value
        var span = Span()
        var encounter: String?
        if let context = try value.object("context") {
            span = try self.span("period", of: context, "DocumentReference.context.period")
            if let first = try context.objects("encounter").first {
                encounter = try Reference(first).id
            }
        }
        let piece = RecordPiece(
            type: "document", span: span, status: try value.text("status"),
            practitioner: try value.firstPractitioner(of: "author"),
            eventTime: try eventTime(
                [try value.time("date"), span.to, span.from], of: resource, "date"),
            codeKey: "type",
            encounter: encounter)
        return try record(piece, resource)
    }

    /// The organisation that manages a patient, else that of the earliest encounter.
    func home(ofPatient id: String?) -> String? {
        id.flatMap { catalog.homes[$0] ?? catalog.firstVisits[$0]?.organization }
    }

    private mutating func record(
        _ piece: RecordPiece, _ resource: Resource
    ) throws(ElementError) -> [Draft] {
        let value = resource.value
        let id = try patient(piece.patientKey, of: resource)
        var encounter = piece.encounter
        if encounter == nil { encounter = try value.reference("encounter")?.id }
        let place = organization(ofEncounter: encounter) ?? piece.home
        let issuer = try institution(of: place, at: value)
        var author = try practitioner(piece.practitioner, in: resource)
        if author == nil {
            author = try practitioner(ofEncounter: encounter, in: resource)
        }
        var fact = FactBuilder(.record)
        fact.set("record", text: resource.origin.name)
        fact.set("patient", id: id)
        fact.set("type", text: piece.type)
        fact.set("code", code: try value.concept(piece.codeKey))
        fact.set("from", time: piece.span.from)
        fact.set("to", time: piece.span.to)
        fact.set("practitioner", id: author?.id)
        fact.set("encounter", text: encounter)
        fact.set("institution", institution: issuer)
        fact.set("status", text: piece.status)
        return [
            Draft(
                issuer: issuer, kind: .record, eventTime: piece.eventTime,
                subjects: [.patient(id)] + (author.map { [.practitioner($0.id)] } ?? []),
                payload: try resource.record([fact]), origin: resource.origin)
        ]
    }
}

/// What differs between the resources that become records.
private struct RecordPiece {
    let type: String
    let span: Span
    let status: String?
    let practitioner: Reference?
    let eventTime: Timestamp
    var patientKey = "subject"
    var codeKey = "code"
    /// Where the resource names its encounter elsewhere than in `encounter`.
    var encounter: String?
    /// The organisation that says it where no encounter does.
    var home: String?
}

extension JSONValue {
    /// The first of these references that may lead to a practitioner.
    fileprivate func firstPractitioner(of key: String) throws(ElementError) -> Reference? {
        for value in try objects(key) {
            let reference = try Reference(value)
            let isPerson =
                reference.mayBe("Practitioner") || reference.mayBe("PractitionerRole")
            if reference.hasTarget, isPerson { return reference }
        }
        return nil
    }
}
