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

    private mutating func record(
        _ piece: RecordPiece, _ resource: Resource
    ) throws(ElementError) -> [Draft] {
        let value = resource.value
        let id = try patient("subject", of: resource)
        let encounter = try value.reference("encounter")?.id
        let issuer = try institution(of: organization(ofEncounter: encounter), at: value)
        var author = try practitioner(piece.practitioner, in: resource)
        if author == nil {
            author = try practitioner(ofEncounter: encounter, in: resource)
        }
        var fact = FactBuilder(.record)
        fact.set("record", text: resource.origin.name)
        fact.set("patient", id: id)
        fact.set("type", text: piece.type)
        fact.set("code", code: try value.concept("code"))
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
                payload: resource.payload([fact]), origin: resource.origin)
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
}
