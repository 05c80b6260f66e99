internal import Primitives

extension Entry {
    /// Throws unless the entry has what its kind must have, and nothing that it must not.
    ///
    /// Source: `docs/formats/entry.md`, the table of kinds.
    ///
    /// - Throws: ``EntryError``, naming the field and what would be right.
    public func checkShape() throws(EntryError) {
        try checkPayload()
        try checkSubjects()
        try checkAccessHeader()
        try checkBody()
    }

    private func checkPayload() throws(EntryError) {
        guard kind.hasPayload(saying: body) else {
            let right = "no payload: field 12 says all"
            if commitment != nil { throw .unwanted(.commitment, kind: kind, right: right) }
            if sealedPayload != nil { throw .unwanted(.sealedPayload, kind: kind, right: right) }
            if !recipients.isEmpty { throw .unwanted(.recipients, kind: kind, right: right) }
            return
        }
        if commitment == nil {
            throw .missing(.commitment, kind: kind, right: "the 32-byte payload commitment")
        }
        if sealedPayload == nil {
            throw .missing(.sealedPayload, kind: kind, right: "SHA-256 of the sealed payload")
        }
        if recipients.isEmpty {
            throw .missing(.recipients, kind: kind, right: "1 to 64 institutions")
        }
    }

    private func checkSubjects() throws(EntryError) {
        if subjects.contains(.institution(issuer)) {
            throw .wrong(.subjects, kind: kind, right: "no institution equal to the issuer")
        }
        switch kind {
        case .claim, .claimResponse:
            try require([1, 4], "a patient and a claim")
        case .prescription:
            try require([1, 2, 5], "a patient, a practitioner and a prescription")
        case .link:
            try checkLinkSubjects()
        case .evidence: try checkEvidenceSubjects()
        case .source, .void, .finding, .governance, .anchor, .statement, .case, .share:
            if !subjects.isEmpty { throw .unwanted(.subjects, kind: kind, right: "none") }
        case .hold:
            if !subjects.isEmpty { throw .unwanted(.subjects, kind: kind, right: "none") }
        case .erasure:
            let right = "patients of the entries, or none"
            guard subjects.allSatisfy({ $0.typeNumber == 1 }) else {
                throw .wrong(.subjects, kind: kind, right: right)
            }
        case .notice where body?.isOfCase == true:
            if subjects.isEmpty {
                throw .missing(.subjects, kind: kind, right: "whom the case is about")
            }
        case .notice:
            let right = "exactly one institution, that issued the payload"
            try require([3], right)
            if subjects.count > 1 { throw .wrong(.subjects, kind: kind, right: right) }
        case .credential:
            try require([2], "exactly one practitioner")
            if subjects.count > 1 {
                throw .wrong(.subjects, kind: kind, right: "exactly one practitioner")
            }
        case .access where access?.action == .execute:
            // A query of the ledger names what it was about, which may be nobody.
            return
        // Rosters, stock and sanctions are nobody's record: their payloads name no patient.
        case .record: break
        default:
            try require([1], "a patient")
        }
    }

    private func checkEvidenceSubjects() throws(EntryError) {
        guard case .evidence(let evidence) = body else { return }
        let named: [Subject] = evidence.about == issuer ? [] : [.institution(evidence.about)]
        guard subjects == named else {
            throw .wrong(
                .subjects, kind: kind,
                right: "the institution that the evidence is about, unless it is the issuer")
        }
    }

    private func require(_ types: [UInt8], _ right: String) throws(EntryError) {
        for type in types where !subjects.contains(where: { $0.typeNumber == type }) {
            throw .missing(.subjects, kind: kind, right: right)
        }
    }

    private func checkLinkSubjects() throws(EntryError) {
        guard case .link(let link) = body else { return }
        let right = "the body's two pseudonyms, which differ"
        guard link.first != link.second else { throw .wrong(.body, kind: kind, right: right) }
        let named = [link.first, link.second].sorted().map(Subject.patient)
        guard subjects == named else {
            throw subjects.isEmpty
                ? .missing(.subjects, kind: kind, right: right)
                : .wrong(.subjects, kind: kind, right: right)
        }
    }

    private func checkAccessHeader() throws(EntryError) {
        if kind == .access {
            guard access == nil else { return }
            throw .missing(.access, kind: kind, right: "action, purpose, basis and outcome")
        }
        guard access == nil else {
            throw .unwanted(.access, kind: kind, right: "an access header on access only")
        }
    }

    /// A record may have a body, where it is in segments; nothing else without a must have one.
    private func checkOptionalBody() throws(EntryError) {
        switch body {
        case nil: return
        case .record(let record)? where kind == .record:
            guard record.isConsistent else {
                throw .wrong(
                    .body, kind: kind,
                    right: "version 1 without a previous root, or a later one with it")
            }
        default: throw .unwanted(.body, kind: kind, right: "no body")
        }
    }

    private func checkBody() throws(EntryError) {
        guard kind.hasBody else {
            try checkOptionalBody()
            return
        }
        guard let body, body.kind == kind else {
            throw .missing(.body, kind: kind, right: "the body of the kind")
        }
        switch body {
        case .source(let source):
            guard source.isConsistent else {
                throw .wrong(
                    .body, kind: kind,
                    right: "first number <= last where any are counted, outage from <= to")
            }
        case .void(let void):
            guard void.first == number + 1, void.last >= void.first else {
                throw .wrong(
                    .body, kind: kind,
                    right: "first = \(number + 1), the entry's number + 1, and last >= first")
            }
        case .credential(let credential):
            guard credential.from <= credential.to else {
                throw .wrong(.body, kind: kind, right: "a first day not after the last day")
            }
        case .case(let step):
            guard step.previous != nil || step.step == .opened else {
                throw .wrong(
                    .body, kind: kind, right: "the leaf of the step before")
            }
        default: return
        }
    }
}

extension EntryBody {
    fileprivate var isOfCase: Bool {
        if case .case = self { true } else { false }
    }
}
